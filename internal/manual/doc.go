// Package manual writes what is made from the programs' own tables: the manual pages (pages.go, written.go), and the generated
// blocks of docs/reference.md (block.go, reference.go); and reads docs/scripting.md, against which what the programs
// print is held (keys.go). Only the programs' tests call it, so that neither it nor what
// it imports is linked into a program: `make docs` and `make share` run those tests with a flag that says where to
// write, and without the flag they hold the committed page against what would be written.
package manual
