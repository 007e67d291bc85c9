package intake

import (
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// field is a column that the program knows; the zero field is none. Every cell
// is looked up by its field, so it is a small number, and what belongs to fields
// stands in arrays.
type field uint8

// The fields.
const (
	fMID field = iota + 1
	fTID
	fBillNo
	fBillDate
	fAuthCode
	fOrderID
	fAmount
	fInstMID
	fMsgID
	fReserve
	fDesc
	fieldsEnd
)

// names are the API's.
var names = [fieldsEnd]string{
	fMID: "mid", fTID: "tid", fBillNo: "billNo", fBillDate: "billDate", fAuthCode: "authIdRespCd", fOrderID: "authedOrderId",
	fAmount: "totalAmount", fInstMID: "instMid", fMsgID: "msgId", fReserve: "srcReserve", fDesc: "authedDesc",
}

func (f field) String() string { return names[f] }

// fieldNamed gives the field that the API names so.
func fieldNamed(name string) field { return field(max(0, slices.Index(names[:], name))) }

// lengths are the bounds of the fields that are texts, in characters.
var lengths = [fieldsEnd]struct{ least, most int }{
	fMID: {1, 15}, fTID: {1, 8}, fBillNo: {6, 31}, fAuthCode: {6, 255}, fOrderID: {6, 32},
	fInstMID: {0, 32}, fMsgID: {0, 64}, fReserve: {0, 255}, fDesc: {0, 255},
}

// defaultInstMID is the business type of a row that names none.
const defaultInstMID = "QRPAYDEFAULT"

// headings is the contract: which words name which field.
var headings = [fieldsEnd][]string{
	fMID:      {"mid", "商户号"},
	fTID:      {"tid", "终端号"},
	fBillNo:   {"billNo", "账单号"},
	fBillDate: {"billDate", "账单日期"},
	fAuthCode: {"authIdRespCd", "授权标识应答码", "授权码"},
	fOrderID:  {"authedOrderId", "完成订单号", "完成交易的订单号"},
	fAmount:   {"totalAmount", "完成金额(分)", "金额(分)", "完成金额(元)", "金额(元)", "完成金额", "金额"},
	fInstMID:  {"instMid", "业务类型"},
	fMsgID:    {"msgId", "消息ID"},
	fReserve:  {"srcReserve", "请求系统预留字段"},
	fDesc:     {"authedDesc", "完成说明", "备注"},
}

// required are the fields that a header row has; mid and tid may have defaults.
var required = []field{fMID, fTID, fBillNo, fBillDate, fAuthCode, fAmount}

// exempt are the fields whose long numbers are no cards.
var exempt = [fieldsEnd]bool{fMID: true, fTID: true, fBillNo: true, fOrderID: true, fMsgID: true}

// unitOf gives the unit that an amount's heading says: "fen", "yuan", "scaled"
// for 万元 and its like, or "".
func unitOf(heading string) string {
	switch key := fold(heading); {
	case strings.ContainsAny(key, "万千百亿") && strings.Contains(key, "元"):
		return "scaled"
	case key == fold("totalAmount") || strings.HasSuffix(key, "(分)"):
		return "fen"
	case strings.HasSuffix(key, "(元)"):
		return "yuan"
	}
	return ""
}

// fold makes headings comparable: half-width, lower case, without spaces, line
// breaks and invisible marks.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if invisible(r) || r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' || r == '*' {
			return -1
		}
		return r
	}, width.Fold.String(s))
	return strings.ToLower(s)
}

// isFolded tells whether a text is as fold leaves it, by its ASCII characters
// alone: most cells are numbers and dates.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '*' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// invisible tells marks that a cell may hold and nobody sees.
func invisible(r rune) bool {
	return r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' || r == '\u2060' || r == '\ufeff'
}

// Columns names further headings, by the API's field names (the configuration
// file's section "columns"): for offices whose headings are their own.
type Columns map[string]string

// Unknown gives the names that are no field's, and the headings that name
// another field already, in order.
func (c Columns) Unknown() (names, taken []string) {
	words := known(nil)
	for name, word := range c {
		f, here := words[fold(word)], fieldNamed(name)
		switch {
		case here == 0:
			names = append(names, name)
		case f != 0 && f != here || fold(word) == "":
			taken = append(taken, word)
		}
	}
	slices.Sort(names)
	slices.Sort(taken)
	return names, taken
}

// known maps folded headings to fields.
func known(extra Columns) map[string]field {
	all := map[string]field{}
	for f, words := range headings {
		for _, word := range words {
			all[fold(word)] = field(f)
		}
	}
	for name, word := range extra {
		if f := fieldNamed(name); f != 0 {
			all[fold(word)] = f
		}
	}
	return all
}

// FieldNames lists the fields by the API's names.
func FieldNames() []string {
	return slices.Sorted(slices.Values(names[1:]))
}

// Headings gives the words that name a field, by the API's name, and whether a
// header row needs it: mid and tid may have defaults.
func Headings(name string) (words []string, needed bool) {
	f := fieldNamed(name)
	return slices.Clone(headings[f]), slices.Contains(required, f)
}
