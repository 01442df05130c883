using Keelson.Machinery.Validation;

namespace Keelson.Server.Authorization;

/// <summary>A refusal, as the client is told: a <c>Status</c> with code 403 and reason Forbidden.</summary>
/// <param name="Group">The group, for the status' details.</param>
/// <param name="Resource">The resource, which the details call kind; empty for a path.</param>
/// <param name="Name">The object's name; empty for none.</param>
/// <param name="Message">The whole message.</param>
public sealed record ForbiddenRequest(string Group, string Resource, string Name, string Message)
{
    /// <summary>A refusal of an object for a reason, <c>roles.rbac.authorization.k8s.io "r" is forbidden: reason</c>.
    /// </summary>
    public static ForbiddenRequest Of(string group, string resource, string name, string reason)
    {
        if (resource.Length == 0)
        {
            return new(group, resource, name, $"forbidden: {reason}");
        }
        var qualified = group.Length > 0 ? $"{resource}.{group}" : resource;
        var subject = name.Length > 0 ? $"{qualified} {GoText.Quote(name)}" : qualified;
        return new(group, resource, name, $"{subject} is forbidden: {reason}");
    }

    /// <summary>A refusal by the authorizers.</summary>
    public static ForbiddenRequest Of(AuthorizationAttributes attributes, string reason)
    {
        var description = attributes.DescribeForbidden();
        return Of(
            attributes.ApiGroup, attributes.Resource, attributes.Name,
            reason.Length > 0 ? $"{description}: {reason}" : description);
    }
}
