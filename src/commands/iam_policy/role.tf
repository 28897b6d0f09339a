# A read-only role for stagecheck, with the policy of `stagecheck iam-policy` and no more.
#
# Say who may take it: a workflow of GitHub (github_subject), a project of GitLab (gitlab_subject), or a user or role of AWS
# (trusted_principal with external_id). Nobody may by default, and what is named is compared letter by letter: no wildcard works.
# Apply it in a directory of its own: Terraform destroys what its state has and the configuration lacks.
# GitHub and GitLab need their OpenID Connect provider in the account (aws_iam_openid_connect_provider), which is made once.
# With a GitLab server of your own, write its host in place of gitlab.com in this file.
#
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "{role_name}"
}

variable "github_subject" {
  description = "Subject of the workflow, e.g. repo:OWNER/REPOSITORY:ref:refs/heads/main or repo:OWNER/REPOSITORY:environment:audit"
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(repo:[^*?]+)?$", var.github_subject))
    error_message = "The subject begins with \"repo:\" and has no wildcard."
  }
}

variable "github_provider_arn" {
  description = "ARN of GitHub's provider; this account's where it is empty"
  type        = string
  default     = ""
}

variable "gitlab_subject" {
  description = "Subject of the job, e.g. project_path:GROUP/PROJECT:ref_type:branch:ref:main"
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^(project_path:[^*?]+)?$", var.gitlab_subject))
    error_message = "The subject begins with \"project_path:\" and has no wildcard."
  }
}

variable "gitlab_provider_arn" {
  description = "ARN of GitLab's provider; this account's for gitlab.com where it is empty"
  type        = string
  default     = ""
}

variable "trusted_principal" {
  description = "Who else may take it, e.g. arn:aws:iam::111122223333:role/jenkins"
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[^*?]+))?$", var.trusted_principal))
    error_message = "Name an account's number, or the ARN of a user or role, without a wildcard."
  }
}

variable "external_id" {
  description = "What trusted_principal must say when it takes the role"
  type        = string
  default     = ""
  validation {
    condition     = var.trusted_principal == "" || can(regex("^[A-Za-z0-9+=,.@:/_-]{2,1224}$", var.external_id))
    error_message = "Give external_id together with trusted_principal: 2 to 1224 letters, digits, and +=,.@:/_-."
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  stagecheck_providers     = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider"
  stagecheck_github        = var.github_provider_arn != "" ? var.github_provider_arn : "${local.stagecheck_providers}/token.actions.githubusercontent.com"
  stagecheck_gitlab        = var.gitlab_provider_arn != "" ? var.gitlab_provider_arn : "${local.stagecheck_providers}/gitlab.com"
  stagecheck_trusts_nobody = var.github_subject == "" && var.gitlab_subject == "" && var.trusted_principal == ""
}

data "aws_iam_policy_document" "stagecheck_trust" {
  dynamic "statement" {
    for_each = var.github_subject != "" ? [var.github_subject] : []
    content {
      sid     = "GitHub"
      effect  = "Allow"
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [local.stagecheck_github]
      }
      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:aud"
        values   = ["sts.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:sub"
        values   = [statement.value]
      }
    }
  }

  dynamic "statement" {
    for_each = var.gitlab_subject != "" ? [var.gitlab_subject] : []
    content {
      sid     = "GitLab"
      effect  = "Allow"
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [local.stagecheck_gitlab]
      }
      condition {
        test     = "StringEquals"
        variable = "gitlab.com:aud"
        values   = ["https://gitlab.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "gitlab.com:sub"
        values   = [statement.value]
      }
    }
  }

  dynamic "statement" {
    for_each = var.trusted_principal != "" ? [var.trusted_principal] : []
    content {
      sid     = "Principal"
      effect  = "Allow"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }
      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [var.external_id]
      }
    }
  }
}

data "aws_iam_policy_document" "stagecheck" {
{statements}}

resource "aws_iam_role" "stagecheck" {
  name                 = var.role_name
  description          = "Lets stagecheck read what it audits, and nothing else"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.stagecheck_trust.json

  lifecycle {
    precondition {
      condition     = !local.stagecheck_trusts_nobody
      error_message = "Give github_subject, gitlab_subject, or trusted_principal with external_id."
    }
  }
}

resource "aws_iam_role_policy" "stagecheck" {
  name   = "stagecheck"
  role   = aws_iam_role.stagecheck.id
  policy = data.aws_iam_policy_document.stagecheck.json
}

output "stagecheck_role_arn" {
  description = "What the CI server takes"
  value       = aws_iam_role.stagecheck.arn
}
