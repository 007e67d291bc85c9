package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
)

// book is one checkpoint, open, as it stood when it was opened.
type book struct {
	path, label string // label tells it from the others; empty where there is one
	db          *checkpoint.DB
	snapshot    *checkpoint.Snapshot
	own, rest   checkpoint.Filter
	hasRest     bool
}

// paths are the checkpoints that are asked for, each once.
func (a *app) paths() ([]string, error) {
	paths := a.set.Strings("db")
	if env := a.set.String("env"); len(paths) == 0 && env != "" {
		paths = []string{cli.CheckpointName(env, a.set.Profile())}
	}
	if len(paths) == 0 {
		return nil, a.fail("reconcile.db")
	}
	var infos []os.FileInfo
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, a.fail("reconcile.open", path, err)
		}
		if slices.ContainsFunc(infos, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			return nil, a.fail("reconcile.db.twice", path)
		}
		infos = append(infos, info)
	}
	return paths, nil
}

// source opens the checkpoints for reading. Batches of several checkpoints may
// have the same name: each is told apart by its checkpoint's.
func (a *app) source(ctx context.Context) (recon.Source, func(), error) {
	s := recon.Source{Env: a.set.String("env")}
	paths, err := a.paths()
	if err != nil {
		return s, nil, err
	}
	var books []*book
	done := func() {
		for _, b := range books {
			_ = b.snapshot.Close()
			_ = b.db.Close()
		}
	}
	labels := labelsOf(paths)
	for i, path := range paths {
		b, err := a.open(ctx, path, &s.Env)
		if err != nil {
			done()
			return s, nil, err
		}
		b.label = labels[i]
		books = append(books, b)
	}
	if err := a.choose(books, &s); err != nil {
		done()
		return s, nil, err
	}
	s.Each = func(do func(batch.Row) error) error {
		return each(ctx, books, func(b *book) (checkpoint.Filter, bool) { return b.own, true }, do)
	}
	if slices.ContainsFunc(books, func(b *book) bool { return b.hasRest }) {
		s.Rest = func(do func(batch.Row) error) error {
			return each(ctx, books, func(b *book) (checkpoint.Filter, bool) { return b.rest, b.hasRest }, do)
		}
	}
	return s, done, nil
}

func each(ctx context.Context, books []*book, which func(*book) (checkpoint.Filter, bool), do func(batch.Row) error) error {
	for _, b := range books {
		filter, ok := which(b)
		if !ok {
			continue
		}
		err := b.snapshot.Each(ctx, filter, func(row batch.Row) error {
			row.Batch = b.called(row.Batch)
			return do(row)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) open(ctx context.Context, path string, env *string) (*book, error) {
	db, err := checkpoint.OpenRead(ctx, path)
	if err != nil {
		return nil, a.unopened(path, err)
	}
	if *env == "" {
		*env = db.Env()
	}
	if db.Env() != *env {
		_ = db.Close()
		return nil, a.fail("reconcile.env", path, db.Env(), *env)
	}
	snapshot, err := db.Snapshot(ctx)
	if err != nil {
		_ = db.Close()
		return nil, a.fail("reconcile.open", path, err)
	}
	return &book{path: path, db: db, snapshot: snapshot}, nil
}

// refusals are the checkpoints that are not used; what to do about each is what
// the other program says.
var refusals = []struct {
	err  error
	hint string
}{
	{checkpoint.ErrForeign, "batchcomplete.checkpoint.foreign.hint"},
	{checkpoint.ErrNewer, "batchcomplete.checkpoint.newer.hint"},
	{checkpoint.ErrDamaged, "batchcomplete.checkpoint.damaged.hint"},
	{checkpoint.ErrTampered, "batchcomplete.checkpoint.tampered.hint"},
	{checkpoint.ErrLog, "batchcomplete.checkpoint.log.hint"},
}

// unopened says why a checkpoint cannot be opened, and what to do.
func (a *app) unopened(path string, err error) error {
	for _, refused := range refusals {
		if errors.Is(err, refused.err) {
			return cli.Fail(cli.Failed, errors.New(a.lang.T("reconcile.open", path, err)), a.lang.T(refused.hint))
		}
	}
	return a.fail("reconcile.open", path, err)
}

// labelsOf names each of several checkpoints: by its file, or where two files have
// the same name, by its path.
func labelsOf(paths []string) []string {
	labels := make([]string, len(paths))
	if len(paths) == 1 {
		return labels
	}
	times := map[string]int{}
	for _, path := range paths {
		times[filepath.Base(path)]++
	}
	for i, path := range paths {
		labels[i] = strings.TrimSuffix(filepath.Base(path), ".db")
		if times[filepath.Base(path)] > 1 {
			labels[i] = path
		}
	}
	return labels
}

// called is what a batch is called among those of several checkpoints.
func (b *book) called(name string) string {
	if b.label == "" {
		return name
	}
	return b.label + "/" + name
}

// choose takes the batches that the workbook is about: all, or the one that
// --batch names, in whichever checkpoint has it.
func (a *app) choose(books []*book, s *recon.Source) error {
	name := a.set.String("batch")
	var unfound error
	for _, b := range books {
		all := b.snapshot.Batches()
		chosen := all
		if name != "" {
			one, err := checkpoint.PickBatch(all, name)
			if err != nil {
				chosen, unfound = nil, err
			} else {
				chosen = []checkpoint.Batch{one}
			}
			b.split(all, chosen)
		}
		for _, c := range chosen {
			r := recon.Batch{Name: b.called(c.Name), Path: c.Path, SHA256: c.SHA256, Settings: c.Settings,
				Imported: recon.Sum{Rows: c.Rows, Fen: c.Fen}, ImportedAt: c.ImportedAt}
			if len(a.set.Strings("db")) > 0 {
				r.Checkpoint = b.path
			}
			s.Batches = append(s.Batches, r)
		}
	}
	if name != "" && len(s.Batches) == 0 {
		return cli.Fail(cli.Usage, unfound, "")
	}
	return nil
}

// split makes the filters for some batches, and for the others.
func (b *book) split(all, chosen []checkpoint.Batch) {
	own, rest := []int64{}, []int64{}
	for _, one := range all {
		if slices.ContainsFunc(chosen, func(c checkpoint.Batch) bool { return c.ID == one.ID }) {
			own = append(own, one.ID)
		} else {
			rest = append(rest, one.ID)
		}
	}
	b.own, b.rest, b.hasRest = checkpoint.Filter{Batches: own}, checkpoint.Filter{Batches: rest}, len(rest) > 0
}
