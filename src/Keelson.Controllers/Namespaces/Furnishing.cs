using Keelson.Api.Meta.V1;
using Keelson.Controllers.Pods;

namespace Keelson.Controllers.Namespaces;

/// <summary>Creating what every namespace has.</summary>
internal static class Furnishing
{
    /// <summary>A refusal that is a problem: not that it is there already, nor that the namespace is going away or
    /// gone.</summary>
    public static Status? Problem(Status? error) =>
        error is null or { Reason: "AlreadyExists" } or { Code: 404 } || PodWrites.IsNamespaceEnding(error)
            ? null
            : error;
}
