using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Verbs;

/// <summary>Owner references that are there twice are dropped, and the client is told.</summary>
internal static class OwnerReferences
{
    /// <summary>The object with each owner reference once.</summary>
    /// <param name="request">Gets the warning.</param>
    /// <param name="obj">The object.</param>
    /// <param name="afterAdmission">True when admission plugins have had their turn, so that it may be their
    /// doing.</param>
    public static IObject Distinct(ApiRequest request, IObject obj, bool afterAdmission)
    {
        ApiList<OwnerReference> references = obj.Metadata.OwnerReferences;
        if (references.Count < 2)
        {
            return obj;
        }

        List<OwnerReference> distinct = [];
        List<string> duplicates = [];
        foreach (OwnerReference reference in references)
        {
            if (distinct.Contains(reference))
            {
                duplicates.Add(reference.Uid);
            }
            else
            {
                distinct.Add(reference);
            }
        }

        if (duplicates.Count == 0)
        {
            return obj;
        }

        string when = afterAdmission ? " after mutating admission happens" : "";
        request.Warn($".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may "
            + $"reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {string.Join(", ", duplicates)}");
        return obj.WithMetadata(obj.Metadata with { OwnerReferences = distinct.ToApiList() });
    }
}
