//go:build unix

package cli

import (
	"io/fs"
	"os"
	"syscall"
)

// modesMean tells whether a file's mode says who may read it.
const modesMean = true

// openNoFollow opens a file for reading, but no link, and does not wait for the
// other end of a pipe.
func openNoFollow(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// ours tells whether a file belongs to this user or to root.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int(stat.Uid) == os.Geteuid())
}

// roots tells whether a file belongs to root, and its group is this user's own.
func roots(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid == 0 && int(stat.Gid) == os.Getegid()
}
