import express from "express";

import { announce } from "./announce.ts";

// (a) What the framework costs by itself: reads the form, keeps nothing.
const app = express();
app.use(express.urlencoded({ extended: true }));
app.post("/hooks/:connection/:token", (_, response) => {
  response.send("ok");
});
announce(app);
