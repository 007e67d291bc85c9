package recon

import (
	"fmt"
	"strings"

	"batchcomplete/internal/money"
)

// FeeRule is what UMS is to charge on a completion. The first rule that fits a
// line is its rule; a line that none fits is not checked.
type FeeRule struct {
	MID  string `yaml:"mid"`     // empty: every merchant
	Card string `yaml:"card"`    // what 卡类型 says, 借记卡 or 贷记卡; empty: every card
	Rate string `yaml:"rate-bp"` // basis points (hundredths of a percent) as decimal text: "38", "52.5"
	// Cap is the most that is charged, in fen; 0: no cap.
	Cap money.Fen `yaml:"cap-fen"`

	rate int64 // in rateUnits of a basis point
}

// rateUnit is the finest part of a basis point that a rate may have, and
// rateWhole what 100 percent is in such parts.
const (
	rateUnit  = 10_000
	rateWhole = 10_000 * rateUnit
	maxRate   = 1_000 * rateUnit // ten percent: above that a rate is a slip
)

// Fees are the rules, in order.
type Fees []FeeRule

// CheckFees reads the rates, and refuses what is none.
func CheckFees(rules []FeeRule) (Fees, error) {
	var fees Fees
	for i, r := range rules {
		whole, fraction, _ := strings.Cut(r.Rate, ".")
		if len(fraction) > 4 {
			return nil, fmt.Errorf("fees, rule %d: rate-bp: %q has more than four decimals", i+1, r.Rate)
		}
		n, err := money.ParseFen(whole + fraction + strings.Repeat("0", 4-len(fraction)))
		if err != nil || whole == "" || n < 0 || n > maxRate {
			return nil, fmt.Errorf("fees, rule %d: rate-bp: %q is no rate in basis points between 0 and 1000", i+1, r.Rate)
		}
		if r.Cap < 0 {
			return nil, fmt.Errorf("fees, rule %d: cap-fen: %d is below zero", i+1, int64(r.Cap))
		}
		r.rate = int64(n)
		fees = append(fees, r)
	}
	return fees, nil
}

// due gives what a completion of that amount is charged, rounded half up to the
// fen; -1 where no rule fits.
func (f Fees) due(mid, card string, amount money.Fen) money.Fen {
	for _, r := range f {
		if r.MID != "" && r.MID != mid || r.Card != "" && fold(r.Card) != fold(card) {
			continue
		}
		whole, rest := int64(amount)/rateWhole, int64(amount)%rateWhole
		fee := money.Fen(whole*r.rate + (rest*r.rate+rateWhole/2)/rateWhole)
		if r.Cap > 0 {
			fee = min(fee, r.Cap)
		}
		return fee
	}
	return unchecked
}

// unchecked is the fee of a line that no rule fits.
const unchecked money.Fen = -1
