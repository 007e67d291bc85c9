package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// narrow is a disk with room for so many bytes.
type narrow struct {
	text bytes.Buffer
	room int
}

var errFull = errors.New("the disk is full")

func (n *narrow) Write(p []byte) (int, error) {
	if n.text.Len()+len(p) > n.room {
		return 0, errFull
	}
	return n.text.Write(p)
}

// TestAPartIsPackedWholeOrItsErrorIsTold: whichever side fails, at whatever length,
// and io.EOF, which ends a pipe, is no end.
func TestAPartIsPackedWholeOrItsErrorIsTold(t *testing.T) {
	for _, n := range []int{0, 1, 1 << 16, 1<<16 + 1, 1 << 20} {
		want := strings.Repeat("x", n)
		for _, c := range []struct {
			room int
			end  error
			told error
		}{{1 << 30, nil, nil}, {1 << 30, errFull, errFull}, {1 << 30, io.EOF, io.EOF}, {n - 1, nil, errFull}} {
			if n == 0 && c.room < 0 {
				continue
			}
			part := &narrow{room: c.room}
			err := packed(part, func(w *bufio.Writer) error {
				_, _ = w.WriteString(want)
				return c.end
			})
			if !errors.Is(err, c.told) {
				t.Errorf("%d bytes, room for %d, ends with %v: %v", n, c.room, c.end, err)
			}
			if err == nil && part.text.String() != want {
				t.Errorf("%d bytes were written, and %d are there", n, part.text.Len())
			}
		}
	}
}
