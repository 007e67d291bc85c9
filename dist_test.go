package batchcomplete

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// static fails where a program needs anything of the machine that it is copied to.
func static(t *testing.T, path string) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) > 0 || f.Section(".interp") != nil {
		t.Errorf("%s is not static: %v %v", path, libraries, err)
	}
}

// TestMakeInstallPutsEverythingInItsPlace installs below a folder of its own, as a packager does, and runs what is there.
func TestMakeInstallPutsEverythingInItsPlace(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("it builds the programs")
	}
	dir := t.TempDir()
	variables := []string{"PREFIX=/opt/bc", "DESTDIR=" + dir, "SHARE=" + filepath.Join(dir, "made"), "BIN=" + filepath.Join(dir, "built")}
	if out, err := exec.Command("make", append([]string{"-s", "install"}, variables...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root := filepath.Join(dir, "opt/bc")
	for _, path := range []string{
		"bin/batchcomplete", "bin/reconcile",
		"share/man/man1/batchcomplete-run.1", "share/man/man1/reconcile.1", "share/man/zh_CN/man1/batchcomplete-run.1", "share/man/zh_CN/man1/reconcile.1",
		"share/bash-completion/completions/batchcomplete", "share/zsh/site-functions/_batchcomplete",
		"share/fish/vendor_completions.d/batchcomplete.fish", "share/powershell/batchcomplete.ps1",
		"share/bash-completion/completions/reconcile", "share/zsh/site-functions/_reconcile",
		"share/doc/batchcomplete/samples/deploy/batchcomplete.service", "share/doc/batchcomplete/docs/operations.md",
	} {
		if info, err := os.Stat(filepath.Join(root, path)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
	version, err := exec.Command(filepath.Join(root, "bin/batchcomplete"), "version", "--json").Output()
	if err != nil || !strings.Contains(string(version), `"dependencies":["github.com/`) {
		t.Errorf("%v\n%s", err, version)
	}
	if out, err := exec.Command("bash", "-n", filepath.Join(root, "share/bash-completion/completions/batchcomplete")).CombinedOutput(); err != nil {
		t.Errorf("the completion is no bash: %v\n%s", err, out)
	}
	if out, err := exec.Command("make", append([]string{"-s", "uninstall"}, variables...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("make uninstall leaves %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTheBillOfMaterialsListsWhatIsLinked, and nothing else: it is held against
// what go version -m says of the programs.
func TestTheBillOfMaterialsListsWhatIsLinked(t *testing.T) {
	path, other := program(t, "batchcomplete"), program(t, "reconcile")
	text, err := exec.Command("go", "run", "./release", "v1.2.3", "abc", path, other).Output()
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		BOMFormat, SpecVersion, SerialNumber string
		Components                           []struct {
			Name, Version, PURL string
			Ref                 string `json:"bom-ref"`
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, c := range b.Components {
		if listed[c.Name] || c.Ref == "" || c.PURL == "" {
			t.Errorf("%+v stands there twice, or half", c)
		}
		listed[c.Name] = true
	}
	linked := map[string]bool{"stdlib": true, "sqlite": true}
	modules, err := exec.Command("go", "version", "-m", path, other).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(modules)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
			linked[fields[1]] = true
		}
	}
	if diff := cmp.Diff(linked, listed); diff != "" || len(linked) < 10 {
		t.Errorf("linked (-) and listed (+):\n%s", diff)
	}
	if b.BOMFormat != "CycloneDX" || len(b.Dependencies[0].DependsOn) != len(b.Components) {
		t.Errorf("it is not whole:\n%s", text)
	}
}

// TestDistSaysWhichCompilerIsMissing runs it where there is no compiler at all.
func TestDistSaysWhichCompilerIsMissing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it makes archives for Linux")
	}
	script, err := filepath.Abs("release/dist.sh")
	if err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	for _, tool := range []string{"uname", "rm", "mkdir"} {
		path, err := exec.LookPath(tool)
		if err == nil {
			err = os.Symlink(path, filepath.Join(tools, tool))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	dist := exec.Command(bash, script, "v1.2.3", "abc")
	dist.Dir, dist.Env = t.TempDir(), []string{"PATH=" + tools}
	out, err := dist.CombinedOutput()
	for _, want := range []string{"NO ARCHIVE for linux/amd64", "NO ARCHIVE for linux/arm64", "'apt-get install gcc", "nothing could be built"} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: it does not say %q:\n%s", err, want, out)
		}
	}
}

// TestTheProgramsForARMWork has an emulator run them, where it and the cross compiler are installed.
func TestTheProgramsForARMWork(t *testing.T) {
	const compiler, emulator = "aarch64-linux-gnu-gcc", "qemu-aarch64-static"
	for _, tool := range []string{compiler, emulator} {
		if _, err := exec.LookPath(tool); err != nil || testing.Short() {
			t.Skipf("it builds the programs with %s and runs them with %s", compiler, emulator)
		}
	}
	dir := t.TempDir()
	if out, err := exec.Command("make", "-s", "static", "GOARCH=arm64", "CC="+compiler, "STATIC="+dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.CopyFS(filepath.Join(dir, "samples"), os.DirFS("samples")); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"batchcomplete version", "batchcomplete run samples/bills.csv --env sandbox --out . --yes", "reconcile --env sandbox --out reconciliation.xlsx"} {
		fields := strings.Fields(line)
		static(t, filepath.Join(dir, fields[0]))
		c := exec.Command(emulator, append([]string{filepath.Join(dir, fields[0])}, fields[1:]...)...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	for _, made := range []string{"bills.results.csv", "reconciliation.xlsx"} {
		if _, err := os.Stat(filepath.Join(dir, made)); err != nil {
			t.Errorf("%s was not made", made)
		}
	}
}

// TestTheSameSourceGivesTheSameBytes builds the programs of a release in two
// folders: neither a path nor a moment is in them. With REPRODUCIBLE set (make
// reproducible) each build has an empty cache, so that everything is compiled
// twice, SQLite and the standard library included.
func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("it builds the programs twice")
	}
	var built [2]map[string]string
	for i, name := range []string{"one", "elsewhere/two"} {
		source := filepath.Join(t.TempDir(), name)
		for _, part := range []string{"cmd", "internal"} {
			if err := os.CopyFS(filepath.Join(source, part), os.DirFS(part)); err != nil {
				t.Fatal(err)
			}
		}
		for _, part := range []string{"Makefile", "go.mod", "go.sum"} {
			text, err := os.ReadFile(part)
			if err == nil {
				err = os.WriteFile(filepath.Join(source, part), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		make := exec.Command("make", "-s", "static", "STATIC=out", "VERSION=v1.2.3", "COMMIT=abc")
		make.Dir = source
		if os.Getenv("REPRODUCIBLE") != "" {
			make.Env = append(os.Environ(), "GOCACHE="+t.TempDir())
		}
		if out, err := make.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		built[i] = map[string]string{}
		for _, program := range []string{"batchcomplete", "reconcile"} {
			text, err := os.ReadFile(filepath.Join(source, "out", program))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			built[i][program] = hex.EncodeToString(sum[:])
		}
	}
	if !maps.Equal(built[0], built[1]) {
		t.Errorf("%v in one folder, %v in the other", built[0], built[1])
	}
}
