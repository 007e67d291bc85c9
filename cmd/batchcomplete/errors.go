package main

import (
	"errors"
	"io/fs"

	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
)

// checkpointError says for people why the checkpoint cannot be opened.
func (a *app) checkpointError(path string, err error) error {
	var other *checkpoint.EnvError
	switch {
	case errors.Is(err, checkpoint.ErrLocked):
		return cli.Fail(cli.Busy, errors.New(a.lang.T("batchcomplete.checkpoint.locked", path)), a.lang.T("batchcomplete.checkpoint.locked.hint"))
	case errors.As(err, &other):
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.env.other", path, other.Has, other.Want)), a.lang.T("batchcomplete.env.other.hint"))
	case errors.Is(err, fs.ErrNotExist):
		return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.checkpoint.missing", path)), a.lang.T("batchcomplete.checkpoint.missing.hint"))
	}
	return cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.checkpoint.failed", path, err)), a.lang.T("batchcomplete.checkpoint.failed.hint"))
}
