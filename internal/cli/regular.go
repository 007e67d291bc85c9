package cli

import (
	"errors"
	"os"
)

// OpenRegular opens a file for reading that the program replaces as well: a link
// or a pipe is refused, as it would be at the writing, and never waited for.
func OpenRegular(path string) (*os.File, error) {
	f, err := openNoFollow(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
