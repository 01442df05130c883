namespace Keelson.Server.Metrics;

/// <summary>The API's verbs as metrics spell them.</summary>
internal static class MetricVerb
{
    /// <summary>The metric's verb of an API verb: create is POST, list is LIST.</summary>
    public static string Of(string verb) => verb switch
    {
        "get" => "GET",
        "list" => "LIST",
        "watch" => "WATCH",
        "create" or "post" => "POST",
        "update" or "put" => "PUT",
        "patch" => "PATCH",
        "apply" => "APPLY",
        "delete" => "DELETE",
        "deletecollection" => "DELETECOLLECTION",
        "connect" => "CONNECT",
        "head" => "GET",
        _ => "other",
    };

    /// <summary>cluster for all objects, namespace for those of a namespace, resource for one object.</summary>
    public static string Scope(string @namespace, string name, string verb) =>
        name.Length > 0 || verb == "create" ? "resource" : @namespace.Length > 0 ? "namespace" : "cluster";
}
