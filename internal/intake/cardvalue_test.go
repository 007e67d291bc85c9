package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// TestACardNumberInAWrongCellIsNotRepeated: one alone does not refuse the file,
// but what is said of its cell has its beginning only.
func TestACardNumberInAWrongCellIsNotRepeated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bills.csv")
	const card = "4111 1111 1111 1111"
	text := "mid,tid,billNo,billDate,authIdRespCd,totalAmount\n898440355410001,40001001,124F20261120000001," + card + ",012345," + card + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, _, err := readFile(path, Options{AmountUnit: "fen"})
	if err != nil || len(entries) != 1 || len(entries[0].Problems) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	for _, p := range entries[0].Problems {
		if said := p.Value + strings.Join(p.Args, ""); strings.Contains(strings.ReplaceAll(said, " ", ""), "11111") || !strings.HasPrefix(p.Value, "41") {
			t.Errorf("%+v", p)
		}
	}
}

// TestACardNumberBesideTheTableIsNotRepeated either, where no heading stands.
func TestACardNumberBesideTheTableIsNotRepeated(t *testing.T) {
	e, _ := one(t, sheettest.Book{}, append(goodRow(nil), sheettest.Text("4111-1111-1111-1111")), Options{})
	if keysOf(e.Problems) != "beyond" || e.Problems[0].Value != "41****" {
		t.Errorf("%+v", e.Problems)
	}
}
