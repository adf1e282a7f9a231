"""SAM to CloudFormation, with AWS's own translator."""

import copy
from collections.abc import Mapping

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.open_api import open_api
from samtranslator.translator.transform import transform

from dev.cloud.template_yaml import Template, TemplateError

MOST_RESOURCES = 500
"""Of a stack (CloudFormation quotas)."""


# Its editor copies the whole document before and after it adds each route, and nobody keeps the copies: 5 of 6 seconds.
open_api._deepcopy = lambda document: document


class _NoManagedPolicies:
    """The translator asks for a map of AWS managed policy names; policy templates need none."""

    def load(self) -> dict[str, str]:
        return {}


def translate(template: Template, parameters: Mapping[str, str]) -> Template:
    """CloudFormation template of a SAM template; raises TemplateError with SAM's own words, or if it has more
    resources than CloudFormation takes."""
    try:
        translated: Template = transform(copy.deepcopy(template), dict(parameters), _NoManagedPolicies())
    except InvalidDocumentException as error:
        causes = "\n".join(f"  {cause.message}" for cause in error.causes)
        raise TemplateError(f"the SAM translator refuses the template:\n{causes}") from error
    if (count := len(translated["Resources"])) > MOST_RESOURCES:
        raise TemplateError(f"the template has {count} resources, and a stack {MOST_RESOURCES} at most")
    return translated
