package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/money"
)

const (
	manifestName   = "manifest.json"
	manifestFormat = 1
)

// manifest says what an exported folder holds: a contract. Amounts are in fen,
// moments RFC 3339 in Beijing time.
type manifest struct {
	Format     int                     `json:"format"`
	Program    versionReport           `json:"program"`
	ExportedAt string                  `json:"exportedAt"`
	Env        string                  `json:"env"`
	Batch      manifestBatch           `json:"batch"`
	Input      string                  `json:"input"` // "present", or why it is not
	States     map[batch.State]jsonSum `json:"states"`
	Journal    manifestJournal         `json:"journal"`
	Approvals  []manifestApproval      `json:"approvals"`
	Files      []manifestFile          `json:"files"`
}

type manifestBatch struct {
	Name       string            `json:"name"`
	File       string            `json:"file"`
	SHA256     string            `json:"sha256"`
	ImportedAt string            `json:"importedAt"`
	Settings   map[string]string `json:"settings"`
	jsonSum
}

// manifestJournal is what the checkpoint's chains of hashes came to.
type manifestJournal struct {
	Bills    int       `json:"bills"`
	Fen      money.Fen `json:"fen"`
	Head     string    `json:"head"` // one hash over all of the batch's chains
	Problems []string  `json:"problems"`
}

type manifestApproval struct {
	Actor string `json:"actor"`
	At    string `json:"at"`
	Until string `json:"until"`
}

type manifestFile struct {
	Path   string `json:"path"` // with slashes, below the folder
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func moment(t time.Time) string { return t.In(cli.Beijing).Format(time.RFC3339Nano) }

// describe gathers what the checkpoint says of the batch.
func (e exporter) describe(ctx context.Context) (manifest, error) {
	b := e.batch
	m := manifest{
		Format: manifestFormat, Program: buildVersion(), ExportedAt: moment(e.Now()), Env: e.env,
		Batch:  manifestBatch{b.Name, b.Path, b.SHA256, moment(b.ImportedAt), b.Settings, jsonSum{b.Rows, b.Fen}},
		States: map[batch.State]jsonSum{}, Approvals: []manifestApproval{},
	}
	tally, err := e.db.Tally(ctx, []int64{b.ID})
	if err != nil {
		return m, err
	}
	for _, s := range batch.States {
		m.States[s] = jsonSum(tally.States[s])
	}
	if m.Journal, err = chains(ctx, e.db, b.ID); err != nil {
		return m, err
	}
	approvals, err := e.db.Approvals(ctx, b.ID)
	for _, a := range approvals {
		m.Approvals = append(m.Approvals, manifestApproval{a.Actor, moment(a.At), moment(a.Until)})
	}
	return m, err
}

// chains recomputes a batch's chains of hashes.
func chains(ctx context.Context, db *checkpoint.DB, id int64) (manifestJournal, error) {
	j := manifestJournal{Problems: []string{}}
	v, err := db.Verify(ctx, checkpoint.Filter{Batches: []int64{id}}, func(row batch.Row, what string) error {
		j.Problems = append(j.Problems, fmt.Sprintf("line %d, bill %s: %s", row.Line, row.BillNo, what))
		return nil
	})
	j.Bills, j.Fen, j.Head = v.Bills, v.Fen, v.Head
	return j, err
}

// inventory hashes every file below a folder but the manifest, in order. What is
// no regular file has no hash.
func inventory(dir string) ([]manifestFile, error) {
	all := []manifestFile{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == manifestName {
			return err
		}
		f := manifestFile{Path: filepath.ToSlash(name)}
		if entry.Type().IsRegular() {
			info, err := entry.Info()
			if err != nil {
				return err
			}
			f.Bytes = info.Size()
			if f.SHA256, err = intake.Hash(path); err != nil {
				return err
			}
		}
		all = append(all, f)
		return nil
	})
	slices.SortFunc(all, func(a, b manifestFile) int { return strings.Compare(a.Path, b.Path) })
	return all, err
}

// difference is one thing in which a folder is not what its manifest says.
type difference struct {
	Kind string `json:"kind"` // changed, missing, extra
	Path string `json:"path"`
}

// compare holds what a folder has against what its manifest says.
func compare(says, has []manifestFile) []difference {
	found := map[string]manifestFile{}
	for _, f := range has {
		found[f.Path] = f
	}
	all := []difference{}
	for _, want := range says {
		got, ok := found[want.Path]
		switch {
		case !ok:
			all = append(all, difference{"missing", want.Path})
		case got.SHA256 != want.SHA256 || got.Bytes != want.Bytes || got.SHA256 == "":
			all = append(all, difference{"changed", want.Path})
		}
		delete(found, want.Path)
	}
	for _, f := range has {
		if _, extra := found[f.Path]; extra {
			all = append(all, difference{"extra", f.Path})
		}
	}
	return all
}
