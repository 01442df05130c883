using Keelson.Machinery.Values;
using ReviewedUserInfo = Keelson.Api.Authentication.V1.UserInfo;

namespace Keelson.Server.Authentication.Reviews;

/// <summary>A user in the form that reviews show.</summary>
internal static class ReviewedUser
{
    public static ReviewedUserInfo Of(UserInfo user) => new()
    {
        Username = user.Name,
        Uid = user.Uid,
        Groups = user.Groups.ToApiList(),
        Extra = ApiMap<ApiList<string>>.FromUnsorted(
            [.. user.Extra.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToApiList()))]),
    };
}
