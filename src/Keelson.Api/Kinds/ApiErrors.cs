using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Kinds;

/// <summary>The statuses that calls to the API end with, in upstream's words (apimachinery/pkg/api/errors).</summary>
public static class ApiErrors
{
    /// <summary>404: there is no such object.</summary>
    public static Status NotFound(KindInfo kind, string name) => NotFound(kind.Group, kind.Resource, name);

    /// <summary>404: there is no such object.</summary>
    public static Status NotFound(string group, string resource, string name) =>
        Make(404, "NotFound", $"{Qualified(resource, group)} \"{name}\" not found", Details(group, resource, name));

    /// <summary>404: the path leads nowhere.</summary>
    public static Status NoSuchResource() =>
        Make(404, "NotFound", "the server could not find the requested resource", StatusDetails.Empty);

    /// <summary>405.</summary>
    public static Status MethodNotAllowed() =>
        Make(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", StatusDetails.Empty);

    /// <summary>405 with the verb named.</summary>
    public static Status MethodNotSupported(KindInfo kind, string verb) => Make(
        405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{kind.GroupResource}\"", Details(kind.Group, kind.Resource, ""));

    /// <summary>409: the name is taken.</summary>
    public static Status AlreadyExists(KindInfo kind, string name) =>
        Make(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", Details(kind.Group, kind.Resource, name));

    /// <summary>409: the name is taken by an object that is going away.</summary>
    public static Status BeingDeleted(KindInfo kind, string name) => Make(
        409, "AlreadyExists", $"object is being deleted: {kind.GroupResource} \"{name}\" already exists", Details(kind.Group, kind.Resource, name));

    /// <summary>409 with upstream's <c>Operation cannot be fulfilled on …</c>.</summary>
    public static Status Conflict(KindInfo kind, string name, string reason) => Make(
        409, "Conflict", $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": {reason}", Details(kind.Group, kind.Resource, name));

    /// <summary>409: somebody else wrote in between.</summary>
    public static Status Modified(KindInfo kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>422: the object is invalid; every error becomes a cause.</summary>
    public static Status Invalid(string group, string kind, string name, FieldErrors errors)
    {
        List<string> lines = [];
        List<StatusCause> causes = [];
        foreach (FieldError error in errors.All)
        {
            causes.Add(new StatusCause { Reason = error.Reason.ToString(), Message = error.Body, Field = error.Field });
            string line = error.ToString();
            if (!lines.Contains(line))
            {
                lines.Add(line);
            }
        }

        string text = lines.Count == 1 ? lines[0] : "[" + string.Join(", ", lines) + "]";
        string message = $"{Qualified(kind, group)} \"{name}\" is invalid: {text}";
        return Make(422, "Invalid", message, Details(group, kind, name) with { Causes = causes.ToApiList() });
    }

    /// <summary>400.</summary>
    public static Status BadRequest(string message) => Make(400, "BadRequest", message, null);

    /// <summary>401.</summary>
    public static Status Unauthorized() => Make(401, "Unauthorized", "Unauthorized", null);

    /// <summary>403 with upstream's <c>… is forbidden: reason</c>.</summary>
    public static Status Forbidden(string group, string resource, string name, string reason)
    {
        string subject = Qualified(resource, group);
        string message = resource.Length == 0 ? "forbidden: " + reason
            : name.Length == 0 ? $"{subject} is forbidden: {reason}"
            : $"{subject} \"{name}\" is forbidden: {reason}";
        return Make(403, "Forbidden", message, Details(group, resource, name));
    }

    /// <summary>406 with the representations there are.</summary>
    public static Status NotAcceptable(string representations) => Make(
        406, "NotAcceptable", $"406: Not Acceptable\n\nAvailable representations: {representations}", StatusDetails.Empty);

    /// <summary>406 with upstream's text for a conversion that the server does not offer.</summary>
    public static Status NotAcceptableText(string message) => Make(406, "NotAcceptable", message, null);

    /// <summary>410: the revision is gone.</summary>
    public static Status Expired(string message) => Make(410, "Expired", message, null);

    /// <summary>410 of a watch: too old a resource version.</summary>
    public static Status Gone(string message) => Make(410, "Expired", message, null);

    /// <summary>413.</summary>
    public static Status TooLarge(string message) => Make(413, "RequestEntityTooLarge", message, null);

    /// <summary>415 with the media types that the server reads.</summary>
    public static Status UnsupportedMediaType(string accepted) => Make(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: " + accepted,
        null);

    /// <summary>429.</summary>
    public static Status TooManyRequests(string message, int retryAfterSeconds) =>
        Make(429, "TooManyRequests", message, StatusDetails.Empty with { RetryAfterSeconds = retryAfterSeconds });

    /// <summary>500.</summary>
    public static Status Internal(string message) => Make(
        500,
        "InternalError",
        "Internal error occurred: " + message,
        StatusDetails.Empty with { Causes = [new StatusCause { Message = message }] });

    /// <summary>500 without a reason, as upstream gives for errors that no layer has classified.</summary>
    public static Status Unclassified(string message) => Make(500, "", message, null);

    /// <summary>503.</summary>
    public static Status Unavailable(string message) => Make(503, "ServiceUnavailable", message, null);

    /// <summary>504.</summary>
    public static Status Timeout(string message, int retryAfterSeconds) => Make(
        504, "Timeout", "Timeout: " + message, retryAfterSeconds == 0 ? StatusDetails.Empty : StatusDetails.Empty with { RetryAfterSeconds = retryAfterSeconds });

    /// <summary>A status of any sort.</summary>
    public static Status Make(int code, string reason, string message, StatusDetails? details) => new()
    {
        StatusValue = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    };

    private static string Qualified(string name, string group) => group.Length == 0 ? name : name + "." + group;

    private static StatusDetails Details(string group, string kind, string name) => new() { Name = name, Group = group, Kind = kind };
}
