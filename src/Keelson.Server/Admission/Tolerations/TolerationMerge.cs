using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.Tolerations;

/// <summary>Joins lists of tolerations; of two where one covers the other, the wider stays.</summary>
internal static class TolerationMerge
{
    /// <summary>The tolerations of both lists, without those that another one covers.</summary>
    public static ApiList<Toleration> Of(ApiList<Toleration> first, ApiList<Toleration> second)
    {
        Toleration[] all = [.. first, .. second];
        List<Toleration> merged = [];
        for (int i = 0; i < all.Length; i++)
        {
            Toleration one = all[i];
            bool covered = merged.Exists(other => Covers(other, one))
                || all.Skip(i + 1).Any(other => other != one && Covers(other, one));
            if (!covered)
            {
                merged.Add(one);
            }
        }

        return merged.Count == 0 ? default : merged.ToApiList();
    }

    /// <summary>True when a toleration tolerates all that the other does.</summary>
    public static bool Covers(Toleration wide, Toleration narrow)
    {
        if (wide == narrow)
        {
            return true;
        }

        bool anyKey = wide is { Key: "", Operator: TolerationOperator.Exists };
        if ((narrow.Key != wide.Key && !anyKey) || (narrow.Effect != wide.Effect && wide.Effect.Length > 0))
        {
            return false;
        }

        if (wide is { Effect: TaintEffect.NoExecute, TolerationSeconds: { } seconds }
            && (narrow.TolerationSeconds is not { } shorter || shorter > seconds))
        {
            return false;
        }

        return wide.Operator switch
        {
            "" or TolerationOperator.Equal => narrow.Operator == TolerationOperator.Equal && narrow.Value == wide.Value,
            TolerationOperator.Exists => true,
            _ => false,
        };
    }
}
