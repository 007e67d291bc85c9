package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/sheet"
)

// places gives where a batch's results may be written now: the names that they
// would have, or for one that somebody has saved since we wrote it, the next
// number. What was mended there is kept, and can still be handed in.
func (j *job) places(ctx context.Context, b checkpoint.Batch, all []checkpoint.Batch) ([]place, error) {
	var found []place
	for _, path := range j.resultPaths(b, all) {
		at := place{path: path}
		for n := 2; ; n++ {
			ok, err := j.replaceable(ctx, at.path, all)
			if err != nil {
				return nil, err
			}
			if ok {
				break
			}
			at = place{path: nth(path, n), kept: path}
		}
		found = append(found, at)
	}
	return found, nil
}

// place is where results go; kept is the file in whose place they are not.
type place struct{ path, kept string }

// nth gives the name of results that cannot have a name, which is the first.
func nth(path string, n int) string {
	extension := filepath.Ext(path)
	dir, stem := filepath.Dir(path), strings.TrimSuffix(filepath.Base(path), extension)
	if base, number, ok := resultNumber(stem); ok {
		stem, n = base+".results", number+n-1
	}
	return filepath.Join(dir, numbered(stem, n)+extension)
}

// replaceable tells whether results may take a name: it is free, or its file is as
// we wrote it last. A file that never was ours keeps the name, and the write
// fails: nobody expects results beside it.
func (j *job) replaceable(ctx context.Context, path string, all []checkpoint.Batch) (bool, error) {
	if handedIn(path, all) || slices.Contains(j.written, path) {
		return false, nil
	}
	ours, err := j.db.HandedBack(ctx, absolute(path))
	if err != nil {
		return false, err
	}
	err = sheet.Replaceable(path, func(sha256 string) bool { return slices.Contains(ours, sha256) })
	if !errors.Is(err, sheet.ErrNotOurs) {
		return true, nil
	}
	never := len(ours) == 0 && errors.Is(resultsWritable(path), sheet.ErrNotOurs)
	return never, nil
}

// handBack writes results where they may be written, and remembers what it wrote.
// Where that fails, the file counts as somebody's at the next run, and is kept.
func (j *job) handBack(ctx context.Context, path string) save {
	return func(write func(io.Writer) error) error {
		ours, err := j.db.HandedBack(ctx, absolute(path))
		if err != nil {
			return err
		}
		return sheet.WriteKnown(path, func(sha256 string) bool { return slices.Contains(ours, sha256) }, func(sha256 string) {
			if err := j.db.HandBack(ctx, absolute(path), sha256); err != nil {
				j.log.Warn("the results will not be known as ours", "file", path, "because", err)
			}
		}, write)
	}
}

// save writes a file, as a whole or not at all; it may be called again where
// writing failed.
type save func(write func(io.Writer) error) error
