using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;

namespace Keelson.Server.Verbs;

/// <summary>What to do about fields of a body that the kind does not have, or has twice.</summary>
public enum FieldValidation
{
    /// <summary>Say so in a warning; the default.</summary>
    Warn,

    /// <summary>Say nothing.</summary>
    Ignore,

    /// <summary>Refuse the body.</summary>
    Strict,
}

/// <summary>One call to a resource: who, what, on which object, with which options. The same for HTTP and in-process
/// callers.</summary>
public sealed class ApiRequest
{
    private List<string>? _warnings;

    /// <summary>Who calls, after impersonation.</summary>
    public required UserInfo User { get; init; }

    /// <summary>The kind, in the version of the call.</summary>
    public required ApiKind Kind { get; init; }

    /// <summary>The API's verb: create, get, list, watch, update, patch, delete, deletecollection, connect.</summary>
    public required string Verb { get; init; }

    /// <summary>The request's time.</summary>
    public required Time Now { get; init; }

    /// <summary>The namespace of the call; empty for the cluster, or for all namespaces.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The object's name; empty for collections.</summary>
    public string Name { get; init; } = "";

    /// <summary>The subresource; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>True when nothing is to be stored.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who owns the fields written: the option, or the first part of the user agent.</summary>
    public string FieldManager { get; init; } = "unknown";

    /// <summary>What to do about unknown and duplicate fields.</summary>
    public FieldValidation FieldValidation { get; init; }

    /// <summary>For apply: take fields over that others own.</summary>
    public bool Force { get; init; }

    /// <summary>Warnings for the client, each once, in order.</summary>
    public IReadOnlyList<string> Warnings => _warnings ?? (IReadOnlyList<string>)[];

    /// <summary>What strategies get to know of the call.</summary>
    public WriteContext WriteContext => field ??= new(Now, User.Name)
    {
        UserUid = User.Uid,
        UserGroups = User.Groups,
        UserExtra = User.Extra,
    };

    /// <summary>The same call for a body of another kind, as subresources have it.</summary>
    public ApiRequest For(ApiKind kind) => new()
    {
        User = User,
        Kind = kind,
        Verb = Verb,
        Now = Now,
        Namespace = Namespace,
        Name = Name,
        Subresource = Subresource,
        DryRun = DryRun,
        FieldManager = FieldManager,
        FieldValidation = FieldValidation,
        Force = Force,
    };

    /// <summary>Adds a warning, unless it was given before.</summary>
    public void Warn(string text)
    {
        _warnings ??= [];
        if (!_warnings.Contains(text))
        {
            _warnings.Add(text);
        }
    }
}
