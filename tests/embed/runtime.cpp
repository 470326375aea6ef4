// SPDX-License-Identifier: MIT
class resource {
 public:
  virtual ~resource();
};
void release();
resource::~resource() { release(); }

void may_throw();
void use();
void use() {
  resource held;  // to be destroyed on the way out, whichever that is
  may_throw();
}
