package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadPrivate reads a file that only its owner may read: a key. It must be a
// regular file of mode 0600 or tighter (mask says which bits it may not have),
// belong to this user or to root, and stand where nobody else can put another
// in its place. What was opened is what is looked at, so that no exchange of the
// file goes unnoticed. At most limit bytes are read; a longer file is refused.
func ReadPrivate(path string, mask fs.FileMode, limit int) ([]byte, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := PrivateFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := openNoFollow(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Mode().Perm()&mask != 0:
		return nil, fmt.Errorf("its mode %04o is wider than %04o", info.Mode().Perm(), 0o777&^mask)
	case !ours(info):
		return nil, errors.New("it belongs to another user")
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(text) > limit {
		err = fmt.Errorf("it is longer than %d bytes", limit)
	}
	return text, err
}

// PrivateFolder refuses a folder in which somebody else could put a file in the
// place of ours: it, and every folder above it, must belong to this user or to
// root. In the folder itself nobody else may write, sticky or not; above it,
// others may write only where the folder is sticky, as /tmp is, for there they
// cannot rename what is not theirs.
func PrivateFolder(dir string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if real, err = filepath.Abs(real); err != nil {
		return err
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		open := info.Mode().Perm()&0o022 != 0 && modesMean
		if open && (at == real || info.Mode()&fs.ModeSticky == 0) {
			return fmt.Errorf("other users can write in the folder %s (mode %04o)", at, info.Mode().Perm())
		}
		if !ours(info) {
			return fmt.Errorf("the folder %s belongs to another user", at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
