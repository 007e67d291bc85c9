package recon

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Carry is the book of breaks that are open from one day to the next, of one
// environment. In its file each break is one line of JSON, below a first line
// that says what the file is.
type Carry struct {
	Env    string
	Breaks []Break
}

type carryHead struct {
	Carry int    `json:"reconcileCarry"`
	Env   string `json:"env"`
}

const carryVersion = 1

// maxCarryLine bounds one line of the book.
const maxCarryLine = 1 << 20

// ReadCarry reads a book, and refuses one of another environment.
func ReadCarry(r io.Reader, env string) (Carry, error) {
	c := Carry{Env: env}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxCarryLine)
	for n := 1; lines.Scan(); n++ {
		if n == 1 {
			var head carryHead
			if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.Carry != carryVersion {
				return c, errors.New("line 1: this is no carry-over book of this version")
			}
			if c.Env == "" {
				c.Env = head.Env
			}
			if head.Env != c.Env {
				return c, fmt.Errorf("line 1: the book belongs to the environment %s, not to %s", head.Env, c.Env)
			}
			continue
		}
		var b Break
		if err := json.Unmarshal(lines.Bytes(), &b); err != nil {
			return c, fmt.Errorf("line %d: %w", n, err)
		}
		if b.Ours == nil && b.Theirs == nil {
			return c, fmt.Errorf("line %d: a break of nothing", n)
		}
		c.Breaks = append(c.Breaks, b)
	}
	return c, lines.Err()
}

// Write writes the book.
func (c Carry) Write(w io.Writer) error {
	buf := bufio.NewWriter(w)
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(carryHead{carryVersion, c.Env}); err != nil {
		return err
	}
	for _, b := range c.Breaks {
		if err := e.Encode(b); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// Explain marks the one break whose key begins so, and gives it.
func (c Carry) Explain(prefix, note, by string, at time.Time) (Break, error) {
	found := -1
	for i, b := range c.Breaks {
		if b.Cleared != "" || prefix == "" || !strings.HasPrefix(b.Key, strings.ToUpper(prefix)) {
			continue
		}
		if found >= 0 {
			return Break{}, fmt.Errorf("%q may be %s or %s", prefix, c.Breaks[found].Key, b.Key)
		}
		found = i
	}
	if found < 0 {
		return Break{}, fmt.Errorf("no open break has the key %q", prefix)
	}
	c.Breaks[found].Explained = &Explained{Note: note, By: by, At: at.UTC()}
	return c.Breaks[found], nil
}

// stays tells of an earlier day's break whether it can only be explained: that a
// bill was settled twice, or undone, does not pass by itself.
func (b Break) stays() bool { return b.Kind == Duplicate || b.Kind == Reversed }

// next gives the book after a day: what that day found, with when it was first
// seen and what was said of it; what it had no part in, as it was; and what is
// gone, marked so. met tells whether a bill of the book was met that day.
func (c Carry) next(found []Break, met map[key]bool, today string) []Break {
	earlier := map[string]Break{}
	for _, b := range c.Breaks {
		earlier[b.Key] = b
	}
	var all []Break
	now := map[string]bool{}
	for _, b := range found {
		b.FirstSeen = today
		if old, ok := earlier[b.Key]; ok && old.Cleared == "" {
			b.FirstSeen, b.Explained = old.FirstSeen, old.Explained
		}
		now[b.Key] = true
		all = append(all, b)
	}
	for _, b := range c.Breaks {
		switch {
		case now[b.Key], b.Cleared != "" && b.Cleared != today:
			continue
		case b.Cleared == "" && !b.stays() && (b.Ours == nil || met[b.Ours.bill()]):
			b.Cleared = today
		}
		all = append(all, b)
	}
	slices.SortFunc(all, order)
	return all
}
