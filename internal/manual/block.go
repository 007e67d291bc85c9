package manual

import (
	"fmt"
	"os"
	"strings"
)

// Block holds a generated block of a page against what it should be, and writes it where update says so. A block
// stands between the lines <!-- NAME --> and <!-- end -->.
func Block(path, name, want string, update bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), "<!-- "+name+" -->\n")
	have, after, ended := strings.Cut(rest, "<!-- end -->")
	switch {
	case !found || !ended:
		return fmt.Errorf("%s has no block %s", path, name)
	case have == want:
		return nil
	case !update:
		return fmt.Errorf("%s: the block %s is not what the program has: run make docs", path, name)
	}
	return os.WriteFile(path, []byte(before+"<!-- "+name+" -->\n"+want+"<!-- end -->"+after), 0o644)
}
