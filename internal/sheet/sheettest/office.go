package sheettest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The formats that LibreOffice saves in, as its own names for them.
const (
	ExcelWorkbook = "xlsx"
	OpenDocument  = "ods"
	CSVInUTF8     = "csv:Text - txt - csv (StarCalc):44,34,76"
	CSVInGB18030  = "csv:Text - txt - csv (StarCalc):44,34,85"
	UnicodeText   = "csv:Text - txt - csv (StarCalc):9,34,65535" // UTF-16, tabs
)

// Office is LibreOffice: another program that opens and saves spreadsheets.
type Office struct{ program, profile string }

// NewOffice finds it. The test is skipped where it is not installed, as make test
// says, and in short runs: it takes a while to start.
func NewOffice(t testing.TB) Office {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed: no other program has opened and saved the file")
	}
	if testing.Short() {
		t.Skip("LibreOffice takes a while to start")
	}
	return Office{program, t.TempDir()}
}

// Save has it open a file and save it in one of the formats, and gives the path of
// what it made.
func (o Office) Save(t testing.TB, path, format string) string {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, o.program, "-env:UserInstallation=file://"+o.profile, "--headless", "--convert-to", format, "--outdir", dir, path).CombinedOutput()
	extension, _, _ := strings.Cut(format, ":")
	made := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+"."+extension)
	if _, statErr := os.Stat(made); err != nil || statErr != nil {
		t.Fatalf("%v %v\n%s", err, statErr, out)
	}
	return made
}
