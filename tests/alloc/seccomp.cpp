// SPDX-License-Identifier: MIT
// Parses and writes where the kernel kills whoever calls it for anything but read, write and exit:
// memory cannot be asked for. To be linked without the C++ runtime, which allocates at its start.
//
//   seccomp [allocate]   allocates, and so is killed
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "alloc/workload.hpp"

int main(int argc, char**) {
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) return 77;
  static void* volatile escaped;
  if (argc > 1) escaped = std::malloc(1);
  static_cast<void>(escaped);

  unsigned number = workload::run();
  const bool good = number > 1000;
  char digits[] = "           events and comments\n";
  for (char* digit = digits + 10; number > 0; number /= 10) {
    *--digit = static_cast<char>('0' + number % 10);
  }
  if (write(1, digits, sizeof digits - 1) < 0) return 1;
  syscall(SYS_exit, good ? 0 : 1);  // and not exit_group, as main would
}
