package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestATextThatIsTooLongToBeRightIsKeptInBrief: whole cells of it, in every row,
// would fill the checkpoint.
func TestATextThatIsTooLongToBeRightIsKeptInBrief(t *testing.T) {
	long := strings.Repeat("长", 30_000)
	path := filepath.Join(t.TempDir(), "long.csv")
	text := "mid,tid,billNo,billDate,authIdRespCd,authedOrderId,totalAmount,msgId,srcReserve,authedDesc\n" +
		strings.Repeat(long+",", 9) + long + "\n" + "898440355410001,40001001,124F20261120000001,2026-11-20,012345,,1908,,,甲\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, _, err := readFile(path, Options{AmountUnit: "fen"})
	if err != nil || len(entries) != 2 || len(entries[0].Problems) < 9 || len(entries[1].Problems) > 0 || entries[1].Bill.AuthedDesc != "甲" {
		t.Fatalf("%.1000v, %v", entries, err)
	}
	b := entries[0].Bill
	texts := []string{b.MID, b.TID, b.InstMID, b.BillNo, b.BillDate, b.AuthIDRespCd, b.AuthedOrderID, b.MsgID, b.SrcReserve, b.AuthedDesc}
	for _, p := range entries[0].Problems {
		texts = append(texts, p.Value)
		texts = append(texts, p.Args...)
	}
	for i, s := range texts {
		if n := utf8.RuneCountInString(s); n > kept+1 {
			t.Errorf("text %d has %d characters", i, n)
		}
	}
	if brief("账单") != "账单" || brief(strings.Repeat("a", kept)) != strings.Repeat("a", kept) || brief(long) != strings.Repeat("长", kept)+"…" {
		t.Error("what is short is kept as it is, what is long to the character")
	}
}
