// SPDX-License-Identifier: MIT
inline int calls = 0;

int count();
int count() { return ++calls; }
