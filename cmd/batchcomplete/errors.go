package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
)

// inContext adds to an error of SQLite's that nobody has explained yet which file
// it is about and what to do.
func (a *app) inContext(err error) error {
	var explained *cli.Error
	if err == nil || errors.As(err, &explained) || !checkpoint.Storage(err) {
		return err
	}
	return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.journal.failed", err)), a.lang.T("batchcomplete.journal.failed.hint"))
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openCheckpoint opens the environment's checkpoint for writing.
func (a *app) openCheckpoint(ctx context.Context, env string) (*checkpoint.DB, error) {
	path := a.checkpointPath(env)
	if err := a.checkFolder(env, path); err != nil {
		return nil, err
	}
	db, err := checkpoint.Open(ctx, checkpoint.Options{Path: path, Env: env, Log: a.log, Now: a.Now})
	if err != nil {
		return nil, a.checkpointError(path, err)
	}
	return db, nil
}

// checkFolder refuses a production checkpoint in a folder where somebody else
// could put another in its place: it is what keeps a bill from being paid twice.
// Where its name is a link, the folders of both count. A rehearsal may stand
// anywhere, /tmp included.
func (a *app) checkFolder(env, path string) error {
	if env != envProd {
		return nil
	}
	const mostLinks = 40 // as many as Linux follows
	for n := 0; n < mostLinks; n++ {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = cli.PrivateFolder(dir)
		}
		if err != nil {
			return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.checkpoint.open", path, err)), a.lang.T("batchcomplete.checkpoint.open.hint"))
		}
		to, err := os.Readlink(path)
		if err != nil {
			return nil // it is no link, or is not there yet
		}
		if path = to; !filepath.IsAbs(to) {
			path = filepath.Join(dir, to)
		}
	}
	return nil
}

// checkpointError says for people why the checkpoint cannot be opened.
func (a *app) checkpointError(path string, err error) error {
	var other *checkpoint.EnvError
	switch {
	case errors.Is(err, checkpoint.ErrLocked):
		return cli.Fail(cli.Busy, errors.New(a.lang.T("batchcomplete.checkpoint.locked", path)), a.lang.T("batchcomplete.checkpoint.locked.hint"))
	case errors.As(err, &other):
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.env.other", path, other.Has, other.Want)), a.lang.T("batchcomplete.env.other.hint"))
	case errors.Is(err, fs.ErrNotExist) && !there(filepath.Dir(path)):
		return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.checkpoint.folder", path)), a.lang.T("batchcomplete.checkpoint.folder.hint", filepath.Dir(path)))
	case errors.Is(err, fs.ErrNotExist):
		return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.checkpoint.missing", path)), a.lang.T("batchcomplete.checkpoint.missing.hint"))
	}
	for _, refused := range refusals {
		if errors.Is(err, refused.err) {
			return cli.Fail(cli.Failed, errors.New(a.lang.T(refused.key, path, err)), a.lang.T(refused.hint))
		}
	}
	return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.checkpoint.failed", path, err)), a.lang.T("batchcomplete.checkpoint.failed.hint"))
}

// refusals are the checkpoints that are not used, each with its message.
var refusals = []struct {
	err       error
	key, hint string
}{
	{checkpoint.ErrForeign, "batchcomplete.checkpoint.foreign", "batchcomplete.checkpoint.foreign.hint"},
	{checkpoint.ErrNewer, "batchcomplete.checkpoint.newer", "batchcomplete.checkpoint.newer.hint"},
	{checkpoint.ErrDamaged, "batchcomplete.checkpoint.damaged", "batchcomplete.checkpoint.damaged.hint"},
	{checkpoint.ErrTampered, "batchcomplete.checkpoint.tampered", "batchcomplete.checkpoint.tampered.hint"},
	{checkpoint.ErrAltered, "batchcomplete.checkpoint.altered", "batchcomplete.checkpoint.altered.hint"},
	{checkpoint.ErrLog, "batchcomplete.checkpoint.log", "batchcomplete.checkpoint.log.hint"},
}
