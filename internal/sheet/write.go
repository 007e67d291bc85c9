package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotOurs says that a file is there already which this program did not write:
// it is somebody's, and is not overwritten.
var ErrNotOurs = errors.New("a file of that name is there that this program did not write; rename it or name another")

// WriteFile writes a file under a temporary name beside it, has it on disk, and
// then gives it its name: a reader sees the old one or the new one, whole. The
// name must be free, or a regular file's: a link is never followed or replaced.
func WriteFile(path string, write func(io.Writer) error) error {
	return replace(path, private, func(*os.File) bool { return true }, write)
}

// WriteOver is WriteFile for a file whose readers keep files of their own beside
// it: one that is there is replaced only where it holds one of the marks, texts
// that what this program writes has within its first 64 KiB.
func WriteOver(path string, marks []string, write func(io.Writer) error) error {
	return replace(path, private, holds(marks), write)
}

// WritePublic is WriteOver for a file that every user of the machine may read.
func WritePublic(path string, marks []string, write func(io.Writer) error) error {
	return replace(path, public, holds(marks), write)
}

// The modes of what is written; a file has its own before it has its name.
const (
	private fs.FileMode = 0o640
	public  fs.FileMode = 0o644
)

// WriteKnown is WriteFile for a file that people go on working in: one that is
// there is replaced only where known has the SHA-256 of its content, in hex. tell
// gets that of what is written, before it has its name.
func WriteKnown(path string, known func(sha256 string) bool, tell func(sha256 string), write func(io.Writer) error) error {
	return replace(path, private, knownTo(known), func(w io.Writer) error {
		sum := sha256.New()
		if err := write(io.MultiWriter(w, sum)); err != nil {
			return err
		}
		tell(hex.EncodeToString(sum.Sum(nil)))
		return nil
	})
}

// Replaceable tells whether WriteKnown would replace or make the file.
func Replaceable(path string, known func(sha256 string) bool) error {
	return free(path, knownTo(known))
}

func knownTo(known func(sha256 string) bool) func(*os.File) bool {
	return func(f *os.File) bool {
		sum := sha256.New()
		_, err := io.Copy(sum, f)
		return err == nil && known(hex.EncodeToString(sum.Sum(nil)))
	}
}

// Writable tells whether WriteOver would replace or make the file, as far as can
// be said before it is written; a workbook is known by its properties.
func Writable(path string, marks []string) error {
	if isBook(path) {
		return free(path, markedBook)
	}
	return free(path, holds(marks))
}

func replace(path string, mode fs.FileMode, ours func(*os.File) bool, write func(io.Writer) error) (err error) {
	if err := free(path, ours); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	written := f.Name()
	defer func() {
		if err != nil && !errors.As(err, new(*leftError)) {
			err = errors.Join(err, os.Remove(written))
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = flush(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return give(written, path, ours)
}

// free tells whether a name may be given to a file that was written.
func free(path string, ours func(*os.File) bool) error {
	err := replaceable(path, path, ours)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// replaceable tells whether the file that is at a path, and had that name, may
// be replaced.
func replaceable(at, name string, ours func(*os.File) bool) error {
	info, err := os.Lstat(at)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, and is not replaced", name)
	}
	// What was exchanged for a pipe meanwhile is not waited for.
	f, err := os.OpenFile(at, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return errors.Join(err, fmt.Errorf("%s was exchanged for another file just now", name))
	}
	if !ours(f) {
		return fmt.Errorf("%s: %w", name, ErrNotOurs)
	}
	return nil
}

// holds tells files that have one of the texts near their beginning.
func holds(marks []string) func(*os.File) bool {
	return func(f *os.File) bool {
		head, err := io.ReadAll(io.LimitReader(f, 64<<10))
		if err != nil {
			return false
		}
		for _, mark := range marks {
			if bytes.Contains(head, []byte(mark)) {
				return true
			}
		}
		return false
	}
}

// flush has a file's content, or a folder's names, on disk; a test listens.
var flush = (*os.File).Sync

// SyncDir has a folder's names on disk: what was made in it, or renamed, is there
// after a power cut.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(flush(dir), dir.Close())
}
