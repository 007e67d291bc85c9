package sheet

import (
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

// spill is where excelize puts what it has written of a large sheet, as plain text:
// a folder of our own, in which a file has its name for a moment only. Whatever ends
// the program, nothing of an accountant's file is left there.
type spill struct{ dir string }

// newSpill makes the folder. Without one excelize keeps a sheet in memory.
func newSpill() spill {
	dir, err := os.MkdirTemp("", "batchcomplete-*")
	if err != nil {
		return spill{}
	}
	return spill{dir}
}

func (s spill) options() excelize.Options { return excelize.Options{TmpDir: s.dir} }

// hide takes the names of the files away, which stay open and are written on. A
// system that does not permit that leaves them to close.
func (s spill) hide() {
	if s.dir == "" {
		return
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, file := range files {
		_ = os.Remove(filepath.Join(s.dir, file.Name())) // close tries again
	}
}

func (s spill) close() error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}
