package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/sheet"
)

// check does everything that run does before it sends, in a scratch checkpoint
// beside the real one, which it only reads.
func (a *app) check(ctx context.Context, args []string) (cli.Code, error) {
	files, err := a.inputs(args, sheet.Annotatable)
	if err != nil {
		return cli.Usage, err
	}
	if a.outIsFile() && !strings.EqualFold(filepath.Ext(a.set.String("out")), ".xlsx") {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.check.out", a.set.String("out"))), "")
	}
	env, err := a.environment()
	if err != nil {
		return cli.Usage, err
	}
	options, err := a.readOptions()
	if err != nil {
		return cli.CodeOf(err), err
	}
	prior, err := a.priorCheckpoint(ctx, env)
	if err != nil {
		return cli.CodeOf(err), err
	}
	if prior != nil {
		defer prior.Close()
	}
	dir, err := os.MkdirTemp("", "batchcomplete-check-*")
	if err != nil {
		return cli.Failed, err
	}
	defer os.RemoveAll(dir)
	db, err := checkpoint.Open(ctx, checkpoint.Options{Path: filepath.Join(dir, "check.db"), Env: env, Log: a.log})
	if err != nil {
		return cli.Failed, err
	}
	defer db.Close()
	return a.checkFiles(ctx, &job{app: a, env: env, db: db}, prior, files, options)
}

// priorCheckpoint opens the real checkpoint for reading, where there is one.
func (a *app) priorCheckpoint(ctx context.Context, env string) (*checkpoint.DB, error) {
	path := a.checkpointPath(env)
	db, err := checkpoint.OpenRead(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && db.Env() != env:
		err = errors.Join(&checkpoint.EnvError{Has: db.Env(), Want: env}, db.Close())
	}
	if err != nil {
		return nil, a.checkpointError(path, err)
	}
	return db, nil
}

// checkFiles looks at every file, whatever is wrong with the others.
func (a *app) checkFiles(ctx context.Context, j *job, prior *checkpoint.DB, files []input, options intake.Options) (cli.Code, error) {
	j.checked = newChecked()
	var apart jsonSum
	for _, file := range files {
		in, err := a.checkFile(ctx, j, prior, file.path, options)
		var refusal *sheet.Refusal
		var unread *unreadError
		switch {
		case errors.As(err, &refusal):
			a.printRefusal(file.path, refusal)
			j.checked.refuse(a, file.path, refusal)
			j.codes = append(j.codes, cli.Refused)
			j.annotate(imported{path: file.path, problems: []batch.Problem{{Key: refusal.Key, Args: refusal.Args}}}, files)
			continue
		case errors.As(err, &unread):
			a.note(a.lang.T(unreadKey, unread.path, unread.err))
			j.checked.unread(a, unread)
			j.codes = append(j.codes, cli.Failed)
			continue
		case err != nil:
			return cli.Failed, err
		}
		a.printImported(in, len(in.problems))
		a.printWithin(in.seen)
		j.annotate(in, files)
		j.checked.add(a, in)
		apart = apart.plus(in.seen.apart.Rows, in.seen.apart.Fen)
		j.scope = append(j.scope, in.batch.ID)
	}
	tally, err := j.db.Tally(ctx, j.scope)
	if err != nil {
		return cli.Failed, err
	}
	tally.States[batch.Duplicate] = plusSum(tally.States[batch.Duplicate], apart)
	if tally.States[batch.Invalid].Rows > 0 {
		j.codes = append(j.codes, cli.Differences)
	}
	code := cli.Urgent(j.codes...)
	return code, j.summarize(ctx, tally, code)
}

func (a *app) checkFile(ctx context.Context, j *job, prior *checkpoint.DB, path string, options intake.Options) (imported, error) {
	sum, err := intake.Hash(path)
	if err != nil {
		return imported{}, &unreadError{path, err}
	}
	return takeIn(ctx, a, j.db, prior, path, sum, options)
}
