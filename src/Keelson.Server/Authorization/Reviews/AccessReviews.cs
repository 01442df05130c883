using Keelson.Api.Authorization.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization.Reviews;

/// <summary>Answers whether somebody may do something, and what they may do.</summary>
/// <param name="authorizer">Decides.</param>
/// <param name="resolvers">List rules.</param>
public sealed class AccessReviews(IAuthorizer authorizer, IReadOnlyList<IRuleResolver> resolvers)
{
    /// <summary>Answers about the user that a review names.</summary>
    public ValueTask<SubjectAccessReviewStatus> ReviewAsync(
        SubjectAccessReviewSpec spec, CancellationToken cancellation)
    {
        var user = new UserInfo
        {
            Name = spec.User,
            Uid = spec.Uid,
            Groups = spec.Groups,
            Extra = spec.Extra.ToDictionary(
                pair => pair.Key, IReadOnlyList<string> (pair) => pair.Value, StringComparer.Ordinal),
        };
        return ReviewAsync(user, spec.ResourceAttributes, spec.NonResourceAttributes, cancellation);
    }

    /// <summary>Answers about a user.</summary>
    public async ValueTask<SubjectAccessReviewStatus> ReviewAsync(
        UserInfo user, ResourceAttributes? resource, NonResourceAttributes? path, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var attributes = resource is not null
            ? Of(user, resource, errors)
            : new AuthorizationAttributes
            {
                User = user, IsResourceRequest = false, Verb = path?.Verb ?? "", Path = path?.Path ?? "",
            };
        var decision = await authorizer.AuthorizeAsync(attributes, cancellation);
        if (decision.Error is { } error)
        {
            errors.Insert(0, error);
        }
        return new SubjectAccessReviewStatus
        {
            Allowed = decision.IsAllowed,
            Denied = decision.Verdict == AuthorizationVerdict.Deny,
            Reason = decision.Reason,
            EvaluationError = Join(errors),
        };
    }

    /// <summary>Lists what a user may do in a namespace, as far as the authorizers can tell.</summary>
    public SubjectRulesReviewStatus ListRules(UserInfo user, string objectNamespace)
    {
        var rules = resolvers.Select(resolver => resolver.RulesFor(user, objectNamespace)).ToList();
        return new SubjectRulesReviewStatus
        {
            ResourceRules = rules.SelectMany(one => one.Resources).ToApiList(),
            NonResourceRules = rules.SelectMany(one => one.NonResources).ToApiList(),
            Incomplete = rules.Any(one => one.IsIncomplete),
            EvaluationError = Join([.. rules.SelectMany(one => one.Errors)]),
        };
    }

    private static AuthorizationAttributes Of(UserInfo user, ResourceAttributes resource, List<string> errors)
    {
        var fields = ReadFields(resource.FieldSelector, out var fieldsFailed);
        var labels = ReadLabels(resource.LabelSelector, out var labelsFailed);
        AddError(errors, "fieldSelector", fieldsFailed, fields.Count);
        AddError(errors, "labelSelector", labelsFailed, labels.Count);
        return new AuthorizationAttributes
        {
            User = user,
            Verb = resource.Verb,
            Namespace = resource.Namespace,
            ApiGroup = resource.Group,
            ApiVersion = resource.Version.Length > 0 ? resource.Version : "*",
            Resource = resource.Resource,
            Subresource = resource.Subresource,
            Name = resource.Name,
            FieldRequirements = fields,
            LabelRequirements = labels,
        };
    }

    private static void AddError(List<string> errors, string field, bool failed, int understood)
    {
        if (failed)
        {
            var how = understood > 0 ? "partially ignored" : "ignored";
            errors.Add($"spec.resourceAttributes.{field} {how} due to parse error");
        }
    }

    // What can't be understood is left out: a selector only ever narrows what is asked for.
    private static IReadOnlyList<FieldRequirement> ReadFields(FieldSelectorAttributes? selector, out bool failed)
    {
        failed = false;
        if (selector is null)
        {
            return [];
        }
        if (selector.RawSelector.Length > 0)
        {
            failed = !FieldMatcher.TryParse(selector.RawSelector, out var parsed, out _);
            return parsed?.Requirements ?? [];
        }
        var requirements = new List<FieldRequirement>();
        foreach (var requirement in (IReadOnlyList<FieldSelectorRequirement>)selector.Requirements)
        {
            if (requirement is { Operator: FieldSelectorOperator.In or FieldSelectorOperator.NotIn, Values: [var value] })
            {
                requirements.Add(new(requirement.Key, value, requirement.Operator == FieldSelectorOperator.NotIn));
            }
            else
            {
                failed = true;
            }
        }
        return requirements;
    }

    private static IReadOnlyList<LabelRequirement> ReadLabels(LabelSelectorAttributes? selector, out bool failed)
    {
        failed = false;
        if (selector is null)
        {
            return [];
        }
        if (selector.RawSelector.Length > 0)
        {
            failed = !LabelMatcher.TryParse(selector.RawSelector, out var parsed, out _);
            return parsed?.Requirements ?? [];
        }
        var requirements = new List<LabelRequirement>();
        foreach (var requirement in (IReadOnlyList<LabelSelectorRequirement>)selector.Requirements)
        {
            if (LabelMatcher.TryCreate(
                default, [(requirement.Key, requirement.Operator, requirement.Values)], out var one, out _))
            {
                requirements.AddRange(one.Requirements);
            }
            else
            {
                failed = true;
            }
        }
        return requirements;
    }

    private static string Join(List<string> errors)
    {
        var distinct = errors.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count switch
        {
            0 => "",
            1 => distinct[0],
            _ => $"[{string.Join(", ", distinct)}]",
        };
    }
}
