package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
)

// input is one file to read. A file that the command line names is always read;
// one that was found in a folder or by a pattern is left alone where that is
// what its owner would expect.
type input struct {
	path  string
	found bool
}

const (
	// quiet is how long a found file must not have been written to.
	quiet = 5 * time.Second
	// between is how far apart the two looks at a found file are: a copy that keeps
	// the original's time is seen by its growing.
	between = time.Second
	// tick is how far a file's time may lag behind the clock.
	tick = 20 * time.Millisecond
)

// inputs turns FILE... into files, before anything is opened: each argument is a
// file, a folder, or a pattern. writable tells whether a file that --out names may
// be replaced.
func (a *app) inputs(args []string, writable func(path string) error) ([]input, error) {
	var all []input
	for _, arg := range args {
		more, err := a.expand(arg)
		if err != nil {
			return nil, err
		}
		for _, in := range more {
			at := slices.IndexFunc(all, func(other input) bool { return filepath.Clean(other.path) == filepath.Clean(in.path) })
			switch {
			case at < 0:
				all = append(all, in)
			case !in.found && !all[at].found:
				return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.twice", in.path)), "")
			case !in.found:
				all[at].found = false
			}
		}
	}
	all = a.settled(all)
	one := a.set.Int("expect-rows") > 0 || a.set.String("expect-total") != "" || a.outIsFile()
	if one && len(all) > 1 {
		return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.one")), "")
	}
	return all, a.checkOut(all, writable)
}

// expand gives the files that one argument stands for.
func (a *app) expand(arg string) ([]input, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, a.unreadable(arg, err)
		}
		var paths []string
		for _, e := range entries {
			paths = append(paths, filepath.Join(arg, e.Name()))
		}
		return a.found(paths, spreadsheets), nil
	case err == nil:
		return []input{{path: arg}}, nil
	case !strings.ContainsAny(arg, "*?["):
		return nil, a.unreadable(arg, err)
	}
	if dir := filepath.Dir(arg); !strings.ContainsAny(dir, "*?[") {
		if _, err := os.Stat(dir); err != nil {
			return nil, a.unreadable(arg, err)
		}
	}
	paths, err := filepath.Glob(arg)
	if err != nil {
		return nil, a.unreadable(arg, err)
	}
	return a.found(paths, nil), nil
}

func (a *app) unreadable(path string, err error) error {
	return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.missing", path, err)), a.lang.T("batchcomplete.input.missing.hint"))
}

// spreadsheets are what a folder is searched for. Kinds that cannot be read are
// among them, so that they are refused by name and not passed over.
var spreadsheets = []string{".csv", ".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods"}

// found drops what is no input, by its name and kind.
func (a *app) found(paths, kinds []string) []input {
	var all []input
	for _, path := range paths {
		info, err := os.Lstat(path)
		reason := "gone"
		if err == nil {
			reason = leftAlone(filepath.Base(path), info.Mode(), kinds)
		}
		if reason != "" {
			a.log.Debug("left alone", "file", path, "because", reason)
			continue
		}
		all = append(all, input{path, true})
	}
	return all
}

// ourName is how the names of results and of marked copies end.
var ourName = regexp.MustCompile(`\.(results|check)(-\d+)?$`)

// leftAlone tells why a found file is none to read, "" where it is one.
func leftAlone(name string, mode fs.FileMode, kinds []string) string {
	lower := strings.ToLower(name)
	extension := filepath.Ext(lower)
	switch {
	case !mode.IsRegular():
		return "no regular file"
	case strings.HasPrefix(name, "~$"):
		return "a spreadsheet program's lock file"
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, "~"):
		return "hidden or temporary"
	case slices.Contains([]string{".tmp", ".part", ".partial", ".crdownload", ".download"}, extension):
		return "temporary"
	case ourName.MatchString(strings.TrimSuffix(lower, extension)):
		return "results"
	case kinds != nil && !slices.Contains(kinds, extension):
		return "no spreadsheet"
	}
	return ""
}

// look is what two looks at a file compare.
type look struct {
	size     int64
	modified time.Time
}

func lookAt(path string) (look, error) {
	info, err := os.Stat(path)
	if err != nil {
		return look{}, err
	}
	return look{info.Size(), info.ModTime()}, nil
}

// settled drops found files that somebody is still writing: those written to a
// moment ago, and those that changed between two looks. The next run has them.
func (a *app) settled(all []input) []input {
	first := map[string]look{}
	for _, in := range all {
		if l, err := lookAt(in.path); err == nil && in.found && !fresh(a.Now().Sub(l.modified)) {
			first[in.path] = l
		}
	}
	if len(first) > 0 {
		a.Pause(between)
	}
	return slices.DeleteFunc(all, func(in input) bool {
		before, looked := first[in.path]
		after, err := lookAt(in.path)
		if !in.found || looked && err == nil && after.size == before.size && after.modified.Equal(before.modified) {
			return false
		}
		a.note(a.lang.T("batchcomplete.input.writing", in.path))
		return true
	})
}

// fresh tells whether a file of that age may still be being written. One from
// the future comes from a machine whose clock is wrong, and says nothing.
func fresh(age time.Duration) bool { return -quiet < age && age < quiet }

// finished tells whether a batch needs nothing more: no row is open or held, and
// its results were written after the last move of any, where they still can be.
func (j *job) finished(ctx context.Context, b checkpoint.Batch) (bool, error) {
	open, last, err := j.db.Remaining(ctx, b.ID)
	if err != nil || open > 0 {
		return false, err
	}
	if _, err := os.Stat(b.Path); err != nil {
		return true, nil
	}
	all, err := j.db.Batches(ctx)
	if err != nil {
		return false, err
	}
	places, err := j.places(ctx, b, all)
	if err != nil {
		return false, err
	}
	for _, at := range places {
		info, err := os.Stat(at.path)
		if err != nil || info.ModTime().Add(tick).Before(last) {
			return false, nil
		}
	}
	return true, nil
}
