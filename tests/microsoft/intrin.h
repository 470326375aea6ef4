// SPDX-License-Identifier: MIT
// Of the header of Microsoft's compiler what the library uses, for GCC: see ../gates/microsoft.
#pragma once

inline unsigned char _BitScanForward(unsigned long* index, unsigned long mask) {
  if (mask == 0) return 0;
  *index = static_cast<unsigned long>(__builtin_ctzl(mask));
  return 1;
}

inline unsigned char _BitScanForward64(unsigned long* index, unsigned long long mask) {
  if (mask == 0) return 0;
  *index = static_cast<unsigned long>(__builtin_ctzll(mask));
  return 1;
}
