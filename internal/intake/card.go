package intake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"batchcomplete/internal/ums"
)

// No card number belongs in this program, and a file that has a column of them
// is refused without repeating one. The rule must not take long order numbers
// for cards, so it goes by columns:
//
//   - A column whose heading speaks of bank cards (卡号, 银行卡, card number, PAN): one
//     value is enough that has 13 to 19 digits, begins and is as long as cards are,
//     and has a right check digit (Luhn).
//   - Any other column but mid, tid, bill number, order id and message id: at least
//     three such values, and more than half of all. Of numbers that are no cards one
//     in ten has a right check digit, and few begin like cards.

// cardHeading are the headings that speak of bank cards, folded; memberCard those
// that speak of others.
var (
	cardHeading = regexp.MustCompile(`卡号|银行卡|^card$|card(no|num|number)|^pan$`)
	memberCard  = regexp.MustCompile(`会员|房卡|储值|礼品|购物|member`)
)

func speaksOfCards(heading string) bool {
	key := fold(heading)
	return cardHeading.MatchString(key) && !memberCard.MatchString(key)
}

// issued are the first digits and the lengths of cards: UnionPay and older
// Chinese debit cards, Visa, Mastercard, American Express, JCB, Diners.
var issued = regexp.MustCompile(`^(62\d{14,17}|9558\d{15}|60\d{14}|4(\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|3[068]\d{12})$`)

// cardWatch counts what a column looks like.
type cardWatch struct {
	named         bool
	filled, cards int
}

// look counts one cell; it tells whether it alone is proof.
func (w *cardWatch) look(text string) bool {
	w.filled++
	number, ok := cardDigits(text)
	if !ok || !issued.MatchString(number) {
		return false
	}
	w.cards++
	return w.named
}

func (w *cardWatch) proof() bool { return w.cards >= 3 && w.cards*2 > w.filled }

// withoutCard gives a text to be repeated, but a card number's beginning only.
func withoutCard(text string) string {
	if _, card := cardDigits(text); card {
		return ums.MaskCode(text)
	}
	return text
}

// cardDigits gives a text's digits where they are 13 to 19 with a right check
// digit, spaces, dashes and full-width forms folded.
func cardDigits(text string) (string, bool) {
	if len(text) < 13 || len(text) > 120 {
		return "", false
	}
	// A text that begins with a letter is none, and needs no folding to be seen.
	if c, _ := utf8.DecodeRuneInString(text); c < '\uff00' && unicode.IsLetter(c) {
		return "", false
	}
	var digits []byte
	for _, c := range width.Fold.String(text) {
		switch {
		case c >= '0' && c <= '9':
			digits = append(digits, byte(c))
		case strings.ContainsRune(" -\u00a0\u3000\t'`=\"", c) || invisible(c):
		default:
			return "", false
		}
	}
	return string(digits), len(digits) >= 13 && len(digits) <= 19 && luhn(digits)
}

func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
