// SPDX-License-Identifier: MIT
#include "forms_as_built.hpp"
