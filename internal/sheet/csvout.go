package sheet

import (
	"encoding/csv"
	"io"
)

// CSV writes rows that a spreadsheet program may open: a field that it would
// take for a formula begins with an apostrophe.
type CSV struct {
	w    *csv.Writer
	safe []string
}

// NewCSV writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{w: csv.NewWriter(w)} }

// Write writes one row.
func (c *CSV) Write(fields []string) error {
	c.safe = c.safe[:0]
	for _, field := range fields {
		c.safe = append(c.safe, defuse(field))
	}
	return c.w.Write(c.safe)
}

// Flush writes what is buffered.
func (c *CSV) Flush() { c.w.Flush() }

// Error gives the first error of Write or Flush.
func (c *CSV) Error() error { return c.w.Error() }
