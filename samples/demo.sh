#!/usr/bin/env bash
# make demo: completes samples/bills.xlsx at the embedded sandbox and reconciles
# the result, from scratch, in a folder of its own.
set -euo pipefail
dir=${1:?usage: demo.sh FOLDER}
rm -rf "$dir"
mkdir -p "$dir"
cp samples/bills.xlsx "$dir/"
db="$dir/batchcomplete-sandbox.db"

# 3: some rows were declined, as the sample means it.
allow3() { local code=0; "$@" || code=$?; [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"; }

allow3 bin/batchcomplete run "$dir/bills.xlsx" --env sandbox --db "$db" --rate 200 --yes
echo
# The sandbox has no portal to download a statement from: one is made up for the day on which it settled.
day=$(bin/batchcomplete status --env sandbox --db "$db" --json | sed 's/.*"settleDate":"\([0-9-]*\)".*/\1/')
go run samples/make.go "$dir/statement.xlsx" "$day"
allow3 bin/reconcile --env sandbox --db "$db" --statement "$dir/statement.xlsx" --carry none --out "$dir/reconciliation.xlsx"
echo
cat <<EOF
差异里的那一笔退款是示例对账单有意安排的 / the one refund among the breaks is in the made-up statement on purpose.
两个工作簿 / The two workbooks:
  $dir/bills.results.xlsx    财务原表,每行右侧是完成结果、结算日期和建议
                             the accountant's own rows, with result, settle date and advice beside each
  $dir/reconciliation.xlsx   对账工作簿:汇总(核对等式、按结算日期和商户)、明细、差异、未决、对账单、批次
                             the reconciliation: tie-out, per settle date and mid, every row, breaks, what is open
再运行一次同样的命令,不会再发送任何一笔 / run it again and nothing is sent:
  bin/batchcomplete run $dir/bills.xlsx --env sandbox --db $db --yes
EOF
