/*
 * Preloaded into a process, makes its disk fail while a control file exists:
 *   $FAILING_DISK/fsync  every fsync ends with EIO, as a dying disk's does
 *   $FAILING_DISK/write  every write to a file ends with ENOSPC, as a full disk's does
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_failing(const char *what) {
  const char *folder = getenv("FAILING_DISK");
  char path[PATH_MAX];
  int before = errno;
  int failing;
  if (!folder) return 0;
  snprintf(path, sizeof path, "%s/%s", folder, what);
  failing = access(path, F_OK) == 0;
  errno = before;
  return failing;
}

/* Pipes and sockets go on: the process must be able to say what is wrong. */
static int is_on_disk(int fd) {
  struct stat facts;
  return fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

static int sync_or_fail(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (is_failing("fsync")) {
    errno = EIO;
    return -1;
  }
  return real(fd);
}

int fsync(int fd) { return sync_or_fail("fsync", fd); }
int fdatasync(int fd) { return sync_or_fail("fdatasync", fd); }

static int is_full(int fd) {
  if (!is_failing("write") || !is_on_disk(fd)) return 0;
  errno = ENOSPC;
  return 1;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  return is_full(fd) ? -1 : real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  return is_full(fd) ? -1 : real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
  return is_full(fd) ? -1 : real(fd, bytes, count, at);
}
