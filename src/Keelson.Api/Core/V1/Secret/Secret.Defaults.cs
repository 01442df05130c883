using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Secret
{
    /// <summary>Texts become data, over what is there; a secret without a type is opaque.</summary>
    public static Secret SetDefaults(Secret obj)
    {
        if (obj.StringData.Count > 0)
        {
            ApiMap<Bytes> data = obj.Data;
            foreach (KeyValuePair<string, string> entry in obj.StringData)
            {
                data = data.With(entry.Key, Bytes.FromText(entry.Value));
            }

            obj = obj with { Data = data, StringData = default };
        }
        else if (!obj.StringData.IsAbsent)
        {
            obj = obj with { StringData = default };
        }

        return obj.Type.Length == 0 ? obj with { Type = SecretType.Opaque } : obj;
    }
}
