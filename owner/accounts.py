"""Accounts, their plans and their balances."""

from __future__ import annotations

from argparse import Namespace

from owner.commands import Commands, account_argument
from owner.rows import Row
from owner.values import dollars_in
from roost.domain.accounts import Account
from roost.domain.instants import rfc3339
from roost.domain.meters import Meter
from roost.domain.money import Price, dollars
from roost.domain.plans import EVERY_FEATURE, Feature, Plan
from roost.runtime.deps import Deps
from roost.usecases.create_account import create_account, every_account
from roost.usecases.manage_accounts import (
    all_plans,
    assign_plan,
    change_balances,
    limit_ledgers,
    save_plan,
    suspend_account,
)
from roost.usecases.read_account import read_account


def add_commands(commands: Commands) -> None:
    create = commands.add("create-account", "an account with nothing in it yet", _create)
    create.add_argument("--name", required=True)
    create.add_argument("--email", default="", help="shown by SMS for AI's /me")
    commands.add("list-accounts", "every account of this deployment", _list)
    account_argument(commands.add("show-account", "its plan, what it used, its balances", _show))
    plan = commands.add("save-plan", "a plan, new or changed; who has it keeps its former numbers", _save_plan)
    plan.add_argument("--name", required=True)
    plan.add_argument("--messages", type=int, metavar="N", help="accepted in a calendar month, UTC")
    plan.add_argument("--phones", type=int, metavar="N", help="paired at a time")
    plan.add_argument("--without", action="append", default=[], choices=sorted(Feature), type=Feature)
    commands.add("list-plans", "every plan", _list_plans)
    assign = account_argument(commands.add("set-plan", "give an account a plan", _set_plan))
    assign.add_argument("plan")
    _add_money(commands)


def _add_money(commands: Commands) -> None:
    top_up = account_argument(commands.add("top-up", "add to its balances; that ledger is limited then", _top_up))
    top_up.add_argument("--usd", type=dollars_in, default=0, metavar="AMOUNT", help="negative takes away: --usd=-1.5")
    top_up.add_argument("--credits", type=int, default=0, metavar="N", help="message credits, one for each SMS")
    top_up.add_argument("--note", default="", help="kept with the line of the ledger")
    unlimit = account_argument(commands.add("unlimit", "charge nothing to its ledgers any more", _unlimit))
    unlimit.add_argument("--usd", action="store_true")
    unlimit.add_argument("--credits", action="store_true")
    account_argument(commands.add("suspend", "it sends and pairs nothing until `resume`", _suspend))
    account_argument(commands.add("resume", "undo `suspend`", _resume))


def _create(deps: Deps, given: Namespace) -> list[Row]:
    return [_account(create_account(deps, given.name, given.email))]


def _list(deps: Deps, _: Namespace) -> list[Row]:
    return [_account(account) for account in every_account(deps)]


def _show(deps: Deps, given: Namespace) -> list[Row]:
    state = read_account(deps, given.account)
    return [{**_account(state.account), **_meter(state.meter)}]


def _save_plan(deps: Deps, given: Namespace) -> list[Row]:
    plan = Plan(given.name, given.messages, given.phones, EVERY_FEATURE - set(given.without))
    save_plan(deps, plan)
    return [_plan(plan)]


def _list_plans(deps: Deps, _: Namespace) -> list[Row]:
    return [_plan(plan) for plan in all_plans(deps)]


def _set_plan(deps: Deps, given: Namespace) -> list[Row]:
    return [_meter(assign_plan(deps, given.account, given.plan))]


def _top_up(deps: Deps, given: Namespace) -> list[Row]:
    return [_meter(change_balances(deps, given.account, Price(given.credits, given.usd), given.note))]


def _unlimit(deps: Deps, given: Namespace) -> list[Row]:
    lifted = limit_ledgers(
        deps,
        given.account,
        limits_credits=False if given.credits else None,
        limits_usd=False if given.usd else None,
    )
    return [_meter(lifted)]


def _suspend(deps: Deps, given: Namespace) -> list[Row]:
    return [_meter(suspend_account(deps, given.account))]


def _resume(deps: Deps, given: Namespace) -> list[Row]:
    return [_meter(suspend_account(deps, given.account, suspended=False))]


def _account(account: Account) -> Row:
    created_at = rfc3339(account.created_at)
    return {"account": account.id, "name": account.name, "email": account.email or None, "created_at": created_at}


def _plan(plan: Plan) -> Row:
    features = sorted(feature.value for feature in plan.features)
    return {"plan": plan.name, "messages": plan.monthly_messages, "phones": plan.phones, "features": features}


def _meter(meter: Meter) -> Row:
    return {
        "plan": meter.plan.name,
        "suspended": meter.suspended,
        "credits": meter.credits if meter.limits_credits else "unlimited",
        "usd": dollars(meter.micro_usd) if meter.limits_usd else "unlimited",
    }
