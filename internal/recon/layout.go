package recon

import (
	"fmt"
	"slices"
	"strings"

	"batchcomplete/internal/money"
)

// Layout says how a statement is read: which column has what, in which unit, and
// which words in the column type mean a completion, and one that was undone.
type Layout struct {
	Name    string            `yaml:"name"`
	Sheet   string            `yaml:"sheet"`   // empty: every sheet that has the headings
	Columns map[string]string `yaml:"columns"` // one of fields → the heading
	Unit    string            `yaml:"unit"`    // fen or yuan
	MID     string            `yaml:"mid"`     // where no column has it
	// Completion and Reversal are the words, compared without spaces and with
	// full-width forms folded. A line with any other word is other business.
	Completion []string `yaml:"completion"`
	Reversal   []string `yaml:"reversal"`
	// Tolerance is by how many fen amounts may differ and still agree.
	Tolerance money.Fen `yaml:"tolerance-fen"`
}

// fields are what a column of a statement can be; the first four are needed, and
// one of ref and order.
var fields = []string{"settleDate", "mid", "type", "amount", "ref", "order", "fee", "settled", "discount", "time", "tid", "card", "serial", "targetOrder"}

// The words that the built-in layouts take for a completion, and for one undone.
// It is not public which word the portal writes for a completion that came in by
// this interface (docs/gateway.md, 6): the configuration can name others.
var (
	completionWords = []string{"预授权完成", "预授权完成请求", "预授权完成(请求)", "预授权完成联机", "预授权完成(联机)", "预授权完成离线", "预授权完成(离线)",
		"预授权完成通知", "预授权完成(通知)", "线上预授权完成", "预授权完成交易"}
	reversalWords = []string{"预授权完成撤销", "预授权完成冲正", "预授权完成退货", "预授权完成退款", "预授权完成撤销冲正", "退货", "退款", "联机退货", "部分退货", "部分退款", "撤销", "冲正"}
)

// BuiltIn are the layouts that need no configuration: the portal's workbook, and
// the older text (docs/gateway.md, 6).
func BuiltIn() []Layout {
	return []Layout{
		{Name: "portal", Unit: "yuan", Completion: completionWords, Reversal: reversalWords, Columns: map[string]string{
			"settleDate": "清算时间", "time": "交易时间", "tid": "终端号", "type": "交易类型", "amount": "交易金额", "settled": "清算金额", "fee": "手续费",
			"serial": "流水号", "ref": "检索号", "card": "卡类型", "mid": "商户号", "order": "商户订单号", "targetOrder": "银商订单号", "discount": "优惠金额"}},
		{Name: "text", Unit: "yuan", Completion: completionWords, Reversal: reversalWords, Columns: map[string]string{
			"settleDate": "清算日期", "time": "交易时间", "tid": "终端号", "type": "交易类型", "amount": "交易金额", "settled": "清算金额", "fee": "手续费",
			"serial": "流水号", "ref": "参考号", "card": "卡类型", "mid": "商户号", "order": "商户订单号", "targetOrder": "银商订单号"}},
	}
}

// Layouts puts configured layouts before the built-in ones, and checks them. One
// that has a built-in layout's name and no columns alters that one.
func Layouts(configured []Layout) ([]Layout, error) {
	all := BuiltIn()
	var own []Layout
	for i, l := range configured {
		if at := slices.IndexFunc(all, func(b Layout) bool { return b.Name == l.Name }); at >= 0 && len(l.Columns) == 0 {
			all[at] = all[at].altered(l)
			continue
		}
		if len(l.Columns) == 0 && l.Name != "" {
			return nil, &UnknownName{"statements, a layout without columns", l.Name, namesOf(all)}
		}
		if l.Name == "" {
			l.Name = fmt.Sprint(i + 1)
		}
		own = append(own, l)
	}
	own = append(own, all...)
	for _, l := range own {
		if err := l.check(); err != nil {
			return nil, fmt.Errorf("statements, %s: %w", l.Name, err)
		}
	}
	return own, nil
}

func namesOf(layouts []Layout) (names []string) {
	for _, l := range layouts {
		names = append(names, l.Name)
	}
	return names
}

func (l Layout) altered(by Layout) Layout {
	if by.Sheet != "" {
		l.Sheet = by.Sheet
	}
	if by.Completion != nil {
		l.Completion = by.Completion
	}
	if by.Reversal != nil {
		l.Reversal = by.Reversal
	}
	if by.Unit != "" {
		l.Unit = by.Unit
	}
	l.Tolerance = by.Tolerance
	return l
}

// check refuses a layout that cannot be read by: it is meant to be called when
// the configuration is loaded, not when the first statement comes.
func (l Layout) check() error {
	heading := map[string]string{}
	for _, field := range slices.Sorted(mapKeys(l.Columns)) {
		h := fold(l.Columns[field])
		switch {
		case !slices.Contains(fields, field):
			return &UnknownName{"columns", field, fields}
		case h == "":
			return fmt.Errorf("columns: %s has no heading", field)
		case heading[h] != "":
			return fmt.Errorf("columns: %s and %s have the same heading %q", heading[h], field, l.Columns[field])
		}
		heading[h] = field
	}
	for _, field := range []string{"settleDate", "type", "amount"} {
		if l.Columns[field] == "" {
			return fmt.Errorf("columns: %s is missing", field)
		}
	}
	switch {
	case l.Columns["mid"] == "" && l.MID == "":
		return fmt.Errorf("columns: mid is missing, and mid is not given either")
	case l.Columns["ref"] == "" && l.Columns["order"] == "":
		return fmt.Errorf("columns: ref or order is needed")
	case l.Unit != "fen" && l.Unit != "yuan":
		return fmt.Errorf("unit: %q is neither fen nor yuan", l.Unit)
	case len(l.Completion) == 0:
		return fmt.Errorf("completion: no word for a completion is given")
	case l.Tolerance < 0:
		return fmt.Errorf("tolerance-fen: %d is below zero", int64(l.Tolerance))
	}
	for _, word := range l.Completion {
		if contains(l.Reversal, word) {
			return fmt.Errorf("%q is both a completion and a reversal", word)
		}
	}
	return nil
}

// Class is what a line of a statement is about.
type Class uint8

// The classes.
const (
	OtherBusiness Class = iota
	Completion
	Reversal // of a completion, or a refund
)

// class tells what a word and the sign of an amount mean.
func (l Layout) class(word string, amount money.Fen) Class {
	switch {
	case contains(l.Reversal, word), contains(l.Completion, word) && amount < 0:
		return Reversal
	case contains(l.Completion, word):
		return Completion
	}
	return OtherBusiness
}

// ofCompletion tells whether a word names a completion, whatever came of it: a
// refund in general may be of other business, an undone completion is not.
func (l Layout) ofCompletion(word string) bool {
	word = fold(word)
	return slices.ContainsFunc(l.Completion, func(c string) bool { return strings.Contains(word, fold(c)) })
}

func contains(words []string, word string) bool {
	word = fold(word)
	return slices.ContainsFunc(words, func(w string) bool { return fold(w) == word })
}
