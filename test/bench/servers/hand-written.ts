import Database from "better-sqlite3";
import express from "express";
import mysql from "mysql2/promise";

import { announce } from "./announce.ts";

// (b) What one would write first: read the form, INSERT it, answer.
const TABLE = "CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY AUTO_INCREMENT, body TEXT)";

const [store = ""] = process.argv.slice(2);
const insert = store.startsWith("mysql:") ? await onMysql(store) : onSqlite(store);

const app = express();
app.use(express.urlencoded({ extended: true }));
app.post("/hooks/:connection/:token", async (request, response) => {
  await insert(JSON.stringify(request.body));
  response.send("ok");
});
announce(app);

function onSqlite(file: string): (body: string) => Promise<void> {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(TABLE.replace("AUTO_INCREMENT", "AUTOINCREMENT"));
  const statement = db.prepare("INSERT INTO calls (body) VALUES (?)");
  return (body) => {
    statement.run(body);
    return Promise.resolve();
  };
}

async function onMysql(url: string): Promise<(body: string) => Promise<void>> {
  const pool = mysql.createPool({ uri: url, connectionLimit: 10 });
  await pool.query(TABLE);
  return async (body) => {
    await pool.execute("INSERT INTO calls (body) VALUES (?)", [body]);
  };
}
