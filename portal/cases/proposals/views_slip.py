"""What whoever holds the slip does besides following it: takes the proposal back, adds photos."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.sessions import this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import refused_page
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.proposals.forms import SlipAnswerForm, SlipForm, SlipWithdrawForm
from portal.cases.proposals.sending import MOST_PHOTOS, Followed, add_photos, follow, withdraw
from portal.cases.proposals.views import followed_page
from portal.cases.views import blueprint
from portal.cases.views.uploads import chosen_file, read_body, takes_files
from portal.core.ids import tidy_reference
from portal.core.messages import N_
from portal.web.access import public
from portal.web.render import render, unkept_page

WRONG_SLIP = N_("Nothing can be shown for this number and this code. Read both again on your slip.")


@blueprint.post("/usul/tarik")
@public
def ask_withdraw_proposal() -> BaseResponse:
    """Take it back? Asked once, since it cannot be undone."""
    form = SlipForm()
    found = _found(form)
    if not isinstance(found, Followed):
        return found
    slip = {"reference": form.reference.data, "code": form.code.data, "seen": found.version}
    sure, reference = SlipWithdrawForm(formdata=None, data=slip), tidy_reference(form.reference.data)
    return unkept_page(render("proposals/withdraw.html", form=sure, reference=reference))


@blueprint.post("/usul/tarik/ya")
@public
def withdraw_proposal() -> BaseResponse:
    """Take it back."""
    form, device = SlipWithdrawForm(), this_device()
    done = ""
    if form.validate():
        done = withdraw(form.reference.data, form.code.data, device.hash, form.seen.data)
    found = _found(form)
    if not isinstance(found, Followed):
        return found
    if done == "done":
        return _shown(found, form, good=_("It is taken back. The officer sees that."))
    return _shown(found, form, bad=_("It was not taken back: something happened with it meanwhile."), status=409)


@blueprint.post("/usul/foto")
@takes_files
@public
def add_proposal_photo() -> BaseResponse:
    """Add a photo of the house or a paper; it is drawn anew and sealed. The slip is asked before the file is opened."""
    whole = read_body()
    form, file = SlipForm(), chosen_file("file")
    found = _found(form)
    if not isinstance(found, Followed):
        return found
    if file is None or not whole:
        reason = _("Choose a photo first.") if whole else _(TOO_LARGE)
        return _shown(found, form, bad=reason, status=422 if whole else 413)
    try:
        pages = read_paper(file.stream)
    except PaperRefused as refused:
        return _shown(found, form, bad=_(refused.reason), status=refused.status)
    done = add_photos(form.reference.data, form.code.data, this_device().hash, pages)
    found = _found(form)
    if not isinstance(found, Followed):
        return found
    if done == "done":
        return _shown(found, form, good=_("The photo is added. The officer sees it."))
    full = _("There are %(most)s photos at most. Show others to the officer.", most=MOST_PHOTOS)
    return _shown(found, form, bad=full if done == "full" else _("The proposal is finished."), status=422)


def _found(form: SlipForm) -> Followed | BaseResponse:
    """Where it stands, or the page that asks for the slip again."""
    found = follow(form.reference.data or "", form.code.data or "", this_device().hash)
    return refused_page("proposals/follow.html", form, found, _(WRONG_SLIP)) if isinstance(found, Refused) else found


def _shown(found: Followed, form: SlipForm, *, good: str = "", bad: str = "", status: int = 200) -> BaseResponse:
    slip = {"reference": form.reference.data, "code": form.code.data, "seen": found.version}
    kind = "stop" if bad else "good"
    return followed_page(found, SlipAnswerForm(formdata=None, data=slip), bad or good, status, kind)
