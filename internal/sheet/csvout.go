package sheet

import (
	"encoding/csv"
	"io"
)

// CSV writes rows that a spreadsheet program may open: a field that it would
// take for a formula begins with an apostrophe.
type CSV struct{ w *csv.Writer }

// NewCSV writes to w.
func NewCSV(w io.Writer) *CSV { return &CSV{csv.NewWriter(w)} }

// Write writes one row.
func (c *CSV) Write(fields []string) error {
	safe := make([]string, len(fields))
	for i, field := range fields {
		safe[i] = defuse(field)
	}
	return c.w.Write(safe)
}

// Flush writes what is buffered.
func (c *CSV) Flush() { c.w.Flush() }

// Error gives the first error of Write or Flush.
func (c *CSV) Error() error { return c.w.Error() }
