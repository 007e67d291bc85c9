package sheet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// leftError says that a file of somebody's is left under a temporary name.
type leftError struct{ path, left string }

func (e *leftError) Error() string {
	return fmt.Sprintf("somebody else wrote %s meanwhile, and that is now in %s", e.path, e.left)
}

// give gives a file that was written its name. Somebody may have put another
// there since it was last looked at, which is not to be lost: a free name is
// taken by a link, which takes no other; a file that is there is exchanged for
// the new one, looked at, and put back where it is not ours. What neither is
// possible on (file systems of Windows, some of networks) is left with a look
// just before the renaming.
func give(written, path string, ours func(*os.File) bool) error {
	err := os.Link(written, path)
	switch {
	case err == nil:
		err = os.Remove(written)
	case errors.Is(err, fs.ErrExist):
		err = swap(written, path, ours)
	default:
		err = rename(written, path, ours)
	}
	if err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// rename is give without the means to.
func rename(written, path string, ours func(*os.File) bool) error {
	if err := free(path, ours); err != nil {
		return err
	}
	return os.Rename(written, path)
}

// swap gives what was written the name of a file that is there, and removes that
// one where it is ours.
func swap(written, path string, ours func(*os.File) bool) error {
	// Held open, so that its inode cannot become another file's when it is removed.
	held, err := os.Open(written)
	if err != nil {
		return err
	}
	defer held.Close()
	mine, err := held.Stat()
	if err != nil {
		return err
	}
	if err := exchange(written, path); err != nil {
		return rename(written, path, ours)
	}
	refused := replaceable(written, path, ours)
	if refused == nil {
		return os.Remove(written)
	}
	if err := exchange(written, path); err != nil {
		return errors.Join(refused, &leftError{path, written})
	}
	if back, err := os.Lstat(written); err != nil || !os.SameFile(mine, back) {
		return errors.Join(refused, &leftError{path, written})
	}
	return refused
}
