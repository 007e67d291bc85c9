package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
)

// verifyReport is what verify --json prints: a contract.
type verifyReport struct {
	Dir         string       `json:"dir"`
	Batch       string       `json:"batch"`
	Manifest    string       `json:"manifestSha256"`
	Files       int          `json:"files"`
	Differences []difference `json:"differences"`
	Journal     string       `json:"journal"` // "same", "gone on", "broken", or "" where no checkpoint was named
	Problems    []string     `json:"problems"`
	Exit        cli.Code     `json:"exit"`
}

// verify holds an exported folder against its manifest and, where a checkpoint
// is named, that batch's chains of hashes against themselves.
func (a *app) verify(ctx context.Context, args []string) (cli.Code, error) {
	dir := args[0]
	m, sum, err := readManifest(dir)
	if err != nil {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.verify.manifest", dir, err)), "")
	}
	has, err := inventory(dir)
	if err != nil {
		return cli.Failed, cli.Fail(cli.Failed, err, "")
	}
	r := verifyReport{Dir: dir, Batch: m.Batch.Name, Manifest: sum, Files: len(m.Files), Differences: compare(m.Files, has), Problems: []string{}}
	if a.set.String("env") != "" || a.set.String("db") != "" {
		if err := a.verifyJournal(ctx, m, &r); err != nil {
			return cli.CodeOf(err), err
		}
	}
	if len(r.Differences)+len(r.Problems) > 0 {
		r.Exit = cli.Differences
	}
	if a.set.Bool("json") {
		return r.Exit, printJSON(a, r)
	}
	a.sayVerified(r)
	return r.Exit, nil
}

// readManifest reads a folder's manifest, and gives its hash with it.
func readManifest(dir string) (m manifest, sum string, err error) {
	path := filepath.Join(dir, manifestName)
	text, err := os.ReadFile(path)
	if err != nil {
		return m, "", err
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&m); err != nil {
		return m, "", err
	}
	if m.Format != manifestFormat {
		return m, "", fmt.Errorf("format %d is not %d", m.Format, manifestFormat)
	}
	sum, err = intake.Hash(path)
	return m, sum, err
}

// verifyJournal recomputes the batch's chains in the checkpoint. A batch that has
// gone on since the export has another head and no problems.
func (a *app) verifyJournal(ctx context.Context, m manifest, r *verifyReport) error {
	_, db, err := a.openForReading(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b, ok, err := db.BatchByHash(ctx, m.Batch.SHA256)
	if err != nil {
		return cli.Fail(cli.Failed, err, "")
	}
	if !ok {
		r.Journal, r.Problems = "broken", []string{a.lang.T("batchcomplete.verify.nobatch", m.Batch.Name)}
		return nil
	}
	now, err := chains(ctx, db, b.ID)
	if err != nil {
		return cli.Fail(cli.Failed, err, "")
	}
	r.Problems = now.Problems
	switch {
	case len(now.Problems) > 0 || now.Bills < m.Journal.Bills && now.Head != m.Journal.Head:
		r.Journal = "broken"
		if len(now.Problems) == 0 {
			r.Problems = []string{a.lang.T("batchcomplete.verify.fewer", m.Journal.Bills, now.Bills)}
		}
	case now.Head == m.Journal.Head:
		r.Journal = "same"
	default:
		r.Journal = "gone on"
	}
	return nil
}

func (a *app) sayVerified(r verifyReport) {
	for _, d := range r.Differences {
		fmt.Fprintln(a.Stdout, cli.OneLine(a.lang.T("batchcomplete.verify."+d.Kind, d.Path)))
	}
	for _, problem := range r.Problems {
		fmt.Fprintln(a.Stdout, cli.OneLine(a.lang.T("batchcomplete.verify.chain", problem)))
	}
	switch r.Journal {
	case "same":
		fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.verify.same"))
	case "gone on":
		fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.verify.goneon"))
	}
	if r.Exit == cli.OK {
		fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.verify.fine", r.Batch, r.Files, r.Manifest))
		return
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.verify.bad", r.Batch, r.Manifest))
}
