using System.Globalization;
using System.Text;
using Keelson.Api.Kinds;

namespace Keelson.Client.Https;

/// <summary>The paths and parameters of requests.</summary>
internal static class ResourceUrl
{
    /// <summary>The path of an object, of a collection (the name is empty), or of a subresource.</summary>
    public static string Of(ObjectPath path)
    {
        KindInfo kind = path.Kind.Info;
        StringBuilder url = new();
        url.Append(kind.Group.Length == 0 ? "/api/" : $"/apis/{kind.Group}/").Append(kind.Version);
        if (kind.Namespaced && path.Namespace.Length > 0)
        {
            url.Append("/namespaces/").Append(Uri.EscapeDataString(path.Namespace));
        }

        url.Append('/').Append(kind.Resource);
        if (path.Name.Length > 0)
        {
            url.Append('/').Append(Uri.EscapeDataString(path.Name));
        }

        if (path.Subresource.Length > 0)
        {
            url.Append('/').Append(path.Subresource);
        }

        return url.ToString();
    }

    /// <summary>The parameters of a list.</summary>
    public static string Query(ListRequest request) => Join(
        ("labelSelector", request.LabelSelector),
        ("fieldSelector", request.FieldSelector),
        ("limit", request.Limit > 0 ? request.Limit.ToString(CultureInfo.InvariantCulture) : ""),
        ("continue", request.Continue),
        ("resourceVersion", request.ResourceVersion));

    /// <summary>The parameters of a watch.</summary>
    public static string Query(WatchRequest request, int timeoutSeconds) => Join(
        ("watch", "true"),
        ("allowWatchBookmarks", request.AllowBookmarks ? "true" : ""),
        ("labelSelector", request.LabelSelector),
        ("fieldSelector", request.FieldSelector),
        ("resourceVersion", request.ResourceVersion),
        ("resourceVersionMatch", request.SendInitialEvents ? "NotOlderThan" : ""),
        ("sendInitialEvents", request.SendInitialEvents ? "true" : ""),
        ("timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The parameters of a write.</summary>
    public static string Query(WriteRequest request, string fieldManager) => Join(
        ("dryRun", request.DryRun ? "All" : ""),
        ("fieldManager", request.FieldManager.Length > 0 ? request.FieldManager : fieldManager),
        ("force", request.Force ? "true" : ""));

    private static string Join(params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        StringBuilder query = new();
        foreach ((string name, string value) in parameters)
        {
            if (value.Length > 0)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(
                    Uri.EscapeDataString(value));
            }
        }

        return query.ToString();
    }
}
