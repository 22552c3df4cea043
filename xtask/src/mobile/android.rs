//! The libraries for Android, laid as an Android module wants them: `jniLibs/<processor>/libdoorstep_ffi.so`. SQLCipher
//! and OpenSSL are C and are compiled along, so the NDK's compiler has to be here.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{build_for, folder, targets_missing};
use crate::workshop::{Failure, Workshop, works};

/// What to do where there is no NDK.
const NO_NDK: &str = "The Android NDK is missing: `sdkmanager \"ndk;28.2.13676358\"` (or Android Studio's SDK Manager) \
                      brings it; set ANDROID_NDK_HOME to its folder.";

/// Android 8: the oldest version for which the library is built.
const OLDEST: &str = "26";

/// A processor of Android's, Rust's name of it, and the NDK's.
struct Abi {
    name: &'static str,
    target: &'static str,
    clang: &'static str,
}

/// Phones, old phones, and the emulator.
const ABIS: [Abi; 3] = [
    Abi {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        clang: "aarch64-linux-android",
    },
    Abi {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        clang: "armv7a-linux-androideabi",
    },
    Abi {
        name: "x86_64",
        target: "x86_64-linux-android",
        clang: "x86_64-linux-android",
    },
];

/// An Android NDK: the folder of its compiler's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ndk {
    programs: PathBuf,
}

impl Ndk {
    /// Looks where the environment says: at an NDK of its own, or below the SDK for the newest one.
    pub fn find(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        let own = ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT", "ANDROID_NDK_LATEST_HOME"];
        let below_sdk = ["ANDROID_HOME", "ANDROID_SDK_ROOT"];
        let newest = below_sdk
            .iter()
            .filter_map(|name| environment(name))
            .filter_map(|sdk| newest(&Path::new(&sdk).join("ndk")));
        own.iter()
            .filter_map(|name| environment(name).map(PathBuf::from))
            .chain(newest)
            .find_map(|ndk| Self::at(&ndk))
    }

    /// There is one folder of programs, named after the machine that the NDK is for.
    fn at(ndk: &Path) -> Option<Self> {
        let machines = fs::read_dir(ndk.join("toolchains/llvm/prebuilt")).ok()?;
        let mut programs = machines.flatten().map(|machine| machine.path().join("bin"));
        programs
            .find(|programs| programs.is_dir())
            .map(|programs| Self { programs })
    }

    /// What cargo, and the C builds below it, are told for one processor.
    fn settings(&self, abi: &Abi) -> Vec<(String, OsString)> {
        let (under, program) = (abi.target.replace('-', "_"), |name: &str| {
            self.programs.join(name)
        });
        let clang = program(&format!("{}{OLDEST}-clang", abi.clang));
        let cargo = format!("CARGO_TARGET_{}", under.to_uppercase());
        // Newer Android loads a library only where its parts begin at pages of 16 KiB.
        let pages = "-Clink-arg=-Wl,-z,max-page-size=16384 -Cstrip=symbols";
        vec![
            (format!("CC_{under}"), clang.clone().into()),
            (format!("AR_{under}"), program("llvm-ar").into()),
            (format!("RANLIB_{under}"), program("llvm-ranlib").into()),
            (format!("{cargo}_LINKER"), clang.into()),
            (format!("{cargo}_RUSTFLAGS"), pages.into()),
        ]
    }
}

/// The folder with the highest version for a name, compared number by number.
fn newest(versions: &Path) -> Option<PathBuf> {
    let all = fs::read_dir(versions).ok()?.flatten().map(|entry| entry.path());
    all.filter(|path| path.is_dir()).max_by_key(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        name.split('.')
            .map(|part| part.parse().unwrap_or(0))
            .collect::<Vec<u64>>()
    })
}

/// Builds for each processor, where the NDK and Rust's targets are; where not, says what is missing.
///
/// # Errors
/// Where one does not build.
pub fn build(workshop: &Workshop, ndk: Option<&Ndk>) -> Result<(), Failure> {
    let targets = targets_missing(workshop, &ABIS.map(|abi| abi.target));
    let Some(ndk) = ndk.filter(|_| targets.is_none()) else {
        println!("Android's libraries were not built.");
        let missing = [ndk.is_none().then(|| NO_NDK.to_owned()), targets];
        missing
            .iter()
            .flatten()
            .for_each(|missing| println!("  {missing}"));
        return Ok(());
    };
    for abi in &ABIS {
        let settings = ndk.settings(abi);
        let clang = settings
            .first()
            .map(|(_, clang)| clang.clone())
            .unwrap_or_default();
        if !works(&mut workshop.command(&clang, &["--version"])) {
            let clang = clang.display();
            return Err(Failure::new(format!(
                "the NDK has no compiler {clang} that runs here"
            )));
        }
        let built = build_for(workshop, abi.target, "cdylib", &settings)?.join("libdoorstep_ffi.so");
        let to = folder(workshop).join("android/jniLibs").join(abi.name);
        let laid = fs::create_dir_all(&to).and_then(|()| fs::copy(&built, to.join("libdoorstep_ffi.so")));
        laid.map_err(|error| Failure::new(format!("{} cannot be written: {error}", to.display())))?;
        println!("written: {}", to.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like an SDK with NDKs of these versions.
    fn sdk(name: &str, versions: &[&str]) -> PathBuf {
        let sdk = std::env::temp_dir().join(format!("xtask-sdk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&sdk);
        for version in versions {
            let programs = format!("ndk/{version}/toolchains/llvm/prebuilt/linux-x86_64/bin");
            fs::create_dir_all(sdk.join(programs)).unwrap();
        }
        sdk
    }

    #[test]
    fn the_ndk_is_found_where_the_environment_says() {
        let sdk = sdk("found", &["9.1.1", "28.2.13676358", "28.10.1"]);
        let ndk = |version: &str| {
            let programs = format!("ndk/{version}/toolchains/llvm/prebuilt/linux-x86_64/bin");
            Some(Ndk {
                programs: sdk.join(programs),
            })
        };
        let found = |pairs: &[(&str, PathBuf)]| {
            Ndk::find(&|asked| {
                let value = pairs.iter().find(|(name, _)| *name == asked);
                value.map(|(_, value)| value.clone().into())
            })
        };
        assert_eq!(found(&[]), None);
        assert_eq!(
            found(&[("ANDROID_HOME", sdk.clone())]),
            ndk("28.10.1"),
            "the newest"
        );
        let own = ("ANDROID_NDK_HOME", sdk.join("ndk/9.1.1"));
        assert_eq!(found(&[("ANDROID_HOME", sdk.clone()), own]), ndk("9.1.1"));
        let gone = ("ANDROID_NDK_HOME", sdk.join("ndk/7"));
        let both = [gone, ("ANDROID_SDK_ROOT", sdk.clone())];
        assert_eq!(found(&both[..1]), None);
        assert_eq!(found(&both), ndk("28.10.1"), "what is not there is passed over");
        fs::remove_dir_all(&sdk).unwrap();
    }

    #[test]
    fn each_processor_is_built_with_its_own_compiler() {
        let ndk = Ndk {
            programs: PathBuf::from("/ndk/bin"),
        };
        let said = |abi: &Abi, name: &str| {
            let settings = ndk.settings(abi);
            let value = settings.iter().find(|(given, _)| given == name);
            value.map(|(_, value)| value.to_string_lossy().into_owned())
        };
        let [phone, old, _] = &ABIS;
        let clang = Some("/ndk/bin/aarch64-linux-android26-clang".to_owned());
        assert_eq!(said(phone, "CC_aarch64_linux_android"), clang);
        assert_eq!(said(phone, "CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER"), clang);
        // The NDK's name of this one is not Rust's.
        let clang = Some("/ndk/bin/armv7a-linux-androideabi26-clang".to_owned());
        assert_eq!(said(old, "CC_armv7_linux_androideabi"), clang);
    }
}
